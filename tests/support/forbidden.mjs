// What no mail may say. Mails are read on phones, in shared inboxes and on screens in open rooms.

import assert from "node:assert/strict";

// Written out from the demonstration data and the lists of values, and not read from them: a new word there is thought about here.
const PEOPLE = `
  Priya Nair, Tom Osei, Gwen Hartley, Luca Marsh, Amal Idris, Nia Prosser, Owen Blake, Farah Siddiqui, Ros Keane, Helen Ward,
  Dee Whitlock, Hanif Qureshi, Bev Sutton, Marta Lind, Jo Whelan, Sam Adeyemi, Northmere, Riverside, Advocacy`;

const REFERENCES = ["F-1042", "F-1077", "A-2003", "P-311", "F-1190", "F-0930", "F-1203", "F-1166", "F-1121", "F-1098", "F-1211", "D-055"];

const LABELS = `
  Four children, new adult in the home. Unborn and two, in safe accommodation. Adult, dependent drinking. Release in six weeks.
  Two children, closure proposed. One child, settled placement. Two children, new referral. One child, school worries.
  Three children, neglect. Teenager, care leaver. Sisters, waiting for allocation. Adult, safety planning.`;

const PLANS = `
  Early help, Family help, Assessment, Child in need, Child protection, Pre-proceedings, Care proceedings, Looked after under 20
  weeks, Looked after settled, Care leaver, Private fostering, Adult safeguarding enquiry, Adult review, Domestic abuse service,
  Probation, Other, CIN, CP, PLO, LAC, plan, plans, case, cases, family, families`;

const RISKS = "Standard, Medium, High, Not known, Unknown, Up, The same, Down, risk, risks, level, escalation, escalate";

const ABUSE = `
  domestic, abuse, abused, abusive, abuser, violence, violent, assault, incident, victim, survivor, perpetrator, offender, police,
  refuge, coercion, coercive, controlling, stalking, harassment, honour, strangulation, DASH, MARAC, MAPPA, IDVA, order, breach,
  injury, injured, alcohol, drinking, drugs, neglect, harm, unborn, baby, mother, father, partner, boy, girl, son, daughter`;

// Words of the lists above that the letter cannot do without, each with why it gives nothing away.
const NEEDED = new Map([
  ["in", "a word of every sentence"],
  ["the", "a word of every sentence"],
  ["and", "a word of every sentence"],
  ["for", "a word of every sentence"],
  ["not", "“not been discussed”"],
  ["service", "“the service manager”: what the reader is"],
  ["need", "“3 items need you”: said of items and not of children"],
  ["safety", "“For safety, this message says no more than numbers”"],
]);

const wordsOf = (text) => text.toLowerCase().match(/\p{L}+/gu) ?? [];

const FORBIDDEN = new Set([PEOPLE, LABELS, PLANS, RISKS, ABUSE].flatMap(wordsOf));
for (const word of NEEDED.keys()) {
  assert.ok(FORBIDDEN.delete(word), `“${word}” is excepted and forbidden nowhere`);
}

// Holds a letter, as mailparser reads it, against the lists, word by word. Its address is where it goes and no part of it.
export function assertSaysNothing(letter) {
  const said = `${letter.subject}\n${letter.text ?? ""}\n${letter.html || ""}`;
  const found = wordsOf(said).filter((word) => FORBIDDEN.has(word));
  assert.deepEqual(found, [], `words that a mail may not say, in:\n${said}`);
  for (const reference of REFERENCES) {
    assert.ok(!said.toUpperCase().includes(reference), `${reference} stands in:\n${said}`);
    assert.ok(!said.match(/\d+/g)?.includes(reference.split("-")[1]), `the number of ${reference} stands in:\n${said}`);
  }
  const names = [letter.to, letter.cc].flatMap((group) => group?.value ?? []).map(({ name }) => name);
  assert.ok(names.every((name) => !name), `the address bears a name: ${names}`);
}
