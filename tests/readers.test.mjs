// Who reads what, over everything that somebody can get out of the product: each person of the demonstration follows every link that
// they are shown and asks for every address that they could guess; what they were given is searched for words that four kinds of
// records hold. Beside it stands, by hand, who may read each.

import assert from "node:assert/strict";
import { test } from "node:test";
import { CAST, EVERYBODY, PASSWORD } from "./support/cast.mjs";
import { daysAgo } from "./support/days.mjs";
import { Caller, hiddenFields, linksOf } from "./support/http.mjs";
import { startMail } from "./support/mail.mjs";
import { setStage } from "./support/stage.mjs";
import { walks } from "./support/walk.mjs";

const WELLBEING = "Zandermark wellbeing";
const PERSONAL = "Zandermark workload";
const GROUP = "Zandermark dilemma";
const CASE = "Zandermark happened";
const PREPARED = "Zandermark prepared";
const ADDED = "Zandermark added";

// Farah inspects, and Marta stands in for Priya with Gwen: neither was there.
const INSPECTOR = "farah";
const DEPUTY = "marta";
const ON_THE_CASE = ["gwen", "luca", "priya", "ros", "helen", "hanif", INSPECTOR, DEPUTY];
const READERS = {
  [WELLBEING]: ["priya", "gwen"],
  [PERSONAL]: ["priya", "gwen", "ros"],
  [CASE]: ON_THE_CASE,
  // To a case entry, by one of the two who met.
  [ADDED]: ON_THE_CASE,
  [PREPARED]: ["gwen"],
  // Nia was asked and did not come.
  [GROUP]: ["priya", "gwen", "luca", "ros"],
};

async function reads(caller, guesses) {
  const found = new Set();
  const words = Object.keys(READERS);
  await walks(caller, guesses, ({ text, isPdf }) => {
    for (const word of words) if (text.includes(word)) found.add(isPdf ? `${word} in a PDF` : word);
  });
  // What stands in a PDF stands on a page for the same readers.
  for (const word of words) {
    if (found.has(`${word} in a PDF`)) assert.ok(found.has(word), `“${word}” is in a PDF and on no page`);
  }
  return found;
}

// From tomorrow on for three months, each working hour in which mail goes out: everything here falls due in that time.
function mornings() {
  const day = (after) => new Date(Date.now() + after * 86_400_000).toISOString().slice(0, 10);
  return [1, 4, 8, 15, 30, 60, 90].map((after) => `${day(after)}T10:00:00Z`);
}

const stage = setStage();

test(
  "each kind of words reaches its readers and nobody else, on any page, in any file, by any search; and no mail tells it to anybody",
  stage.scene(async ({ person, server }) => {
    const admin = await person("admin");
    await admin.opens("/people");
    await admin.follows(CAST[INSPECTOR].name);
    await admin.follows("Change details");
    await admin.within("Roles").ticks("Inspector (reads only)");
    await admin.within("Roles").field("Practitioner").uncheck();
    await admin.presses("Save person");
    await admin.sees("Inspector (reads only)");
    await admin.opens("/people");
    await admin.follows(CAST.gwen.name);
    await admin.follows(/^Add a supervisor/);
    await admin.selects("Supervisor", CAST[DEPUTY].name);
    await admin.chooses("In what?", /cover/i);
    await admin.presses("Save supervisor");
    await admin.sees("Cover for the line supervisor");

    const priya = await person("priya");
    const writesAbout = async (entry, happened) => {
      await entry.chooses("Was the child seen?", "Yes, alone");
      await entry.fillsDate("Date last seen", daysAgo(3));
      await entry.fills("What has happened since last time", happened);
      await entry.chooses("Risk now", "High");
      await entry.chooses("Which way has risk gone?", "The same");
      await entry.chooses("What is proposed for the plan?", "Carry on with the plan");
      await entry.fills("Decision", "Carry on.");
      await entry.fills("Why", "The plan holds.");
    };
    const begins = async (kind) => {
      await priya.opens("/supervision/new");
      await priya.chooses("Who did you meet?", CAST.gwen.name);
      await priya.chooses("What was it?", kind);
      await priya.presses("Continue");
      await priya.chooses("How did you meet?", "In person");
    };
    const starts = [];
    await begins("Between the two of you");
    await priya.chooses("What was it for?", "Personal and case supervision");
    await priya.fills("How they are, and what the work does to them", WELLBEING);
    await priya.fills("Workload", PERSONAL);
    await priya.selects("Add a case", /^F-1042/);
    await priya.presses("Add this case");
    await writesAbout(priya.within(/^F-1042/), CASE);
    await priya.savesSupervision();
    await priya.sees("Supervision saved");
    starts.push(priya.path.split("?")[0]);
    await priya.follows(/^Add to this about F-1042/);
    await priya.fills("What do you add, or put right?", ADDED);
    await priya.presses("Add");
    await priya.sees("Added later");
    await begins("Group supervision");
    await priya.within("Who else was there?").ticks(CAST.luca.name);
    await priya.within("Who sent apologies?").ticks(CAST.nia.name);
    await priya.fills("What did the presenter want help with?", GROUP);
    await priya.selects("Add a case", /^F-1042/);
    await priya.presses("Add this case");
    await writesAbout(priya.within(/^F-1042/), `${CASE} in the group`);
    await priya.savesSupervision();
    await priya.sees("Supervision saved");
    starts.push(priya.path.split("?")[0]);

    const callers = {};
    for (const who of EVERYBODY) callers[who] = await new Caller(server.baseUrl).signsIn(CAST[who].email, PASSWORD);
    const pack = await callers.gwen.finds("/prepare", (words) => words.includes(CAST.priya.name));
    const form = `${pack}/form`;
    const page = await callers.gwen.gets(form);
    const saved = await callers.gwen.posts(form, [...hiddenFields(page.text, form), ["stuck_on", PREPARED], ["sharing", "private"]]);
    assert.equal(saved.status, 303, "what is prepared is saved");

    const theCase = await callers.gwen.finds("/cases", (words) => words === "F-1042");
    const entries = linksOf((await callers.gwen.gets(theCase)).text).map(({ to }) => to).filter((to) => /\/entries\//.test(to ?? ""));
    const guesses = [
      ...starts.flatMap((path) => [path, `${path}/personal`, `${path}/sign`, `${path}/text`, `${path}/pdf`]),
      pack,
      form,
      theCase,
      ...entries.flatMap((path) => [path, `${path}/text`, `${path}/pdf`]),
      "/supervision/file",
      "/supervision/file/besides",
      "/supervision/file/text",
      "/supervision/file/pdf",
      "/drafts",
      "/mail",
      "/actions?whose=team",
      "/cases/csv",
      "/supervision/csv",
      "/actions/csv",
      ...["/cases?words=", "/people?name="].map((path) => `${path}Zandermark`),
    ];
    const wrong = [];
    const inPdf = new Set();
    for (const who of EVERYBODY) {
      const found = await reads(callers[who], guesses);
      for (const [words, readers] of Object.entries(READERS)) {
        const may = readers.includes(who);
        if (found.has(`${words} in a PDF`)) inPdf.add(words);
        if (found.has(words) !== may) wrong.push(`${who} ${may ? "cannot read" : "reads"} “${words}”`);
      }
    }
    assert.deepEqual(wrong, []);
    for (const words of [WELLBEING, PERSONAL, PREPARED, CASE, ADDED, GROUP]) assert.ok(inPdf.has(words), `“${words}” goes out as PDF to who may have it`);

    const mail = await startMail();
    try {
      for (const at of mornings()) {
        await server.run(["remind", "--at", at], { settings: mail.settings });
        await server.run(["deliver", "--at", at], { settings: mail.settings });
      }
      assert.ok(mail.received.length > 10, `only ${mail.received.length} mails`);
      for (const { to, mail: letter } of mail.received) {
        const text = `${letter.subject} ${letter.text} ${letter.html} ${JSON.stringify([...letter.headers])}`;
        assert.doesNotMatch(text, /Zandermark/, `to ${to}`);
      }
    } finally {
      await mail.stop();
    }
  }),
);
