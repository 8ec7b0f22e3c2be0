// The record of a session of each kind, an agreement, an action and a booked session, in each of its states: what each of the two, the
// supervisor's line manager, somebody who was there and everybody else may do to it, asked of the running server by sending what its
// forms send. What is not allowed changes nothing.

import assert from "node:assert/strict";
import { test } from "node:test";
import { CAST, PASSWORD } from "./support/cast.mjs";
import { inDays, today } from "./support/days.mjs";
import { Caller, hiddenFields, mainTextOf, rowsOf } from "./support/http.mjs";
import { setStage } from "./support/stage.mjs";

const SUPERVISOR = "priya";
const SUPERVISEE = "luca";
const LINE_MANAGER = "ros";
// Where more than two met: they read what was said, and sign nothing.
const ALSO_THERE = "gwen";
const OTHERS = ["helen", "tom", "hanif", "admin"];
const EVERYBODY = [SUPERVISOR, SUPERVISEE, LINE_MANAGER, ALSO_THERE, ...OTHERS];

const STATES = {
  drafted: "Written, not signed yet",
  awaiting: "Waits for the signature of the person supervised",
  signed: "Signed by both",
  commented: "Signed by both, with a comment",
  voided: "Void: it does not count",
};

const byBoth = (state) => ({ add: state, ask: state, reopen: "drafted", leave: state });
const byManager = (state) => ({ void: "voided", ...(state === "commented" ? { answer: state } : {}) });
// From each state: who may take which step, and the state after it. Everything else is refused.
const ALLOWED = {
  drafted: { [SUPERVISOR]: { sign: "awaiting", correct: "drafted" }, [LINE_MANAGER]: { void: "voided" } },
  awaiting: {
    [SUPERVISOR]: { correct: "drafted" },
    [SUPERVISEE]: { sign: "signed", comment: "commented" },
    [LINE_MANAGER]: { void: "voided" },
  },
  signed: { [SUPERVISOR]: byBoth("signed"), [SUPERVISEE]: byBoth("signed"), [LINE_MANAGER]: { void: "voided" } },
  commented: { [SUPERVISOR]: byBoth("commented"), [SUPERVISEE]: byBoth("commented"), [LINE_MANAGER]: byManager("commented") },
  voided: {},
};

const STEPS = {
  sign: { page: "sign", fields: (who) => [["signature", CAST[who].name]] },
  comment: { page: "sign", fields: (who) => [["signature", CAST[who].name], ["comment", "I see this otherwise."]] },
  correct: { page: "personal", fields: () => [["personal.wellbeing", "Corrected."]] },
  add: { page: "add", fields: () => [["words", "One more thing."]] },
  ask: { page: "reopen", fields: () => [["words", "The date is wrong."]] },
  reopen: { page: "reopen/agree", fields: () => [] },
  leave: { page: "reopen/leave", fields: () => [["words", "The date is right."]] },
  answer: { page: "answer", fields: () => [["words", "We talked, and it stays as it is."]] },
  void: { page: "void", fields: () => [["reason", "Another person’s record."]] },
};

let written = 0;
// Each its own words: the same ones sent twice are one record.
const words = (text) => `${text} ${(written += 1)}`;
const fieldsOf = (name, day) => ["day", "month", "year"].map((part) => [`${name}.${part}`, day[part]]);

const personal = () => ["personal.wellbeing", words("Glad of the leave.")];
const answer = (key, text) => [`session.answer.${key}`, words(text)];
const saidOf = (theCase) =>
  Object.entries({
    case: theCase,
    child_seen: "not_seen",
    what_happened: words("A call from the school."),
    risk_level: "medium",
    risk_direction: "same",
    proposal: "stay",
    decision: "Carry on.",
    rationale: "The plan holds.",
  }).map(([field, value]) => [`entry.0.${field}`, value]);

// What each kind of session holds; `begun` in a form of its own, and `corrected` if it has a part about the worker: what was said of a
// case is never changed.
const KINDS = {
  personal: { corrected: true, parts: () => [personal()] },
  case: { parts: (said) => said.case() },
  combined: { corrected: true, parts: (said) => [personal(), ...said.case()] },
  safeguarding: { parts: (said) => said.case() },
  joint: { begun: true, parts: (said) => [answer("why_joint", "Both visit."), ...said.case(), ...said.others()] },
  group: { begun: true, parts: (said) => [answer("dilemma", "Who is told?"), ...said.case(), ...said.others()] },
  live: { begun: true, parts: () => [answer("observed", "A first visit.")] },
  peer: { at: "/supervision/peer", parts: () => [answer("brought", "How to end a visit.")] },
  serious_incident: { begun: true, corrected: true, parts: () => [answer("incident", "A threat."), personal(), ...fieldsOf("incident_on", today())] },
};

// Everybody, signed in; a form of each; and a session of the two, written up today.
async function everybody(server) {
  const callers = {};
  for (const who of EVERYBODY) callers[who] = await new Caller(server.baseUrl).signsIn(CAST[who].email, PASSWORD);
  // What every form of somebody carries; a page that is not theirs has none to copy.
  const anyForm = {};
  for (const who of EVERYBODY) anyForm[who] = hiddenFields((await callers[who].gets("/account")).text);
  const luca = (await callers.priya.finds("/people", (words) => words === CAST.luca.name)).split("/").pop().split("?")[0];

  const gwen = (await callers.priya.finds("/people", (words) => words === CAST.gwen.name)).split("/").pop().split("?")[0];
  const theCase = (await callers.priya.finds("/cases", (words) => words.includes("F-1190"))).split("/").pop().split("?")[0];
  const said = { case: () => saidOf(theCase), others: () => [["there", gwen]] };

  const logs = async (kind = "personal") => {
    const { at = "/supervision/new", begun, parts } = KINDS[kind];
    const form = `${at}?supervisee=${luca}${begun ? `&kind=${kind}` : ""}`;
    const page = await callers[SUPERVISOR].gets(form);
    const fields = [["kind", kind], ["mode", "phone"], ["minutes", "45"], ...fieldsOf("held_on", today()), ["do", "save"], ...parts(said)];
    const sends = (html) => callers[SUPERVISOR].posts(form, [...hiddenFields(html, form).filter(([name]) => !/^(personal.review|kind)/.test(name)), ...fields]);
    let answer = await sends(page.text);
    // What is worth a second look is saved when it has been looked at.
    if (answer.text.includes("fe-second-look")) answer = await sends(answer.text);
    assert.equal(answer.status, 303, mainTextOf(answer.text));
    return answer.location.split("?")[0];
  };
  return { callers, anyForm, luca, logs };
}

// What an agreement says.
const SECTIONS = ["roles", "rhythm", "agenda", "content", "feedback", "learning", "difference", "records", "confidentiality", "cancelling", "between", "other", "disagreement"];
const agreed = () => {
  const review = inDays(200);
  return [
    ...SECTIONS.map((section) => [section, words("As we spoke of it.")]),
    ...fieldsOf("review_on", review),
  ];
};

const without = (names, object) => Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));

// Both are signed in the same way, and a comment is answered in the same way; only a session's record can be void.
const allowing = (without) => (allowed) => Object.fromEntries(Object.entries(allowed).map(([state, by]) => [state, without(by)]));
const uncorrected = allowing((by) => Object.fromEntries(Object.entries(by).map(([who, steps]) => [who, without(["correct", "ask", "reopen", "leave"], steps)])));
const ofSession = (kind) => ({
  states: STATES,
  steps: STEPS,
  allowed: KINDS[kind].corrected ? ALLOWED : uncorrected(ALLOWED),
  writes: ({ logs }) => logs(kind),
});
const ofAgreement = {
  states: without(["voided"], STATES),
  steps: { ...without(["void"], STEPS), correct: { page: "edit", fields: agreed } },
  allowed: allowing((by) => ({ ...by, [LINE_MANAGER]: without(["void"], by[LINE_MANAGER] ?? {}) }))(without(["voided"], ALLOWED)),
  writes: async ({ callers, luca }) => {
    const form = `/agreements/new?supervisee=${luca}`;
    const page = await callers[SUPERVISOR].gets(form);
    const answer = await callers[SUPERVISOR].posts(form, [...hiddenFields(page.text, form), ...agreed()]);
    assert.equal(answer.status, 303, mainTextOf(answer.text));
    return answer.location.split("?")[0];
  },
};

const stage = setStage();

// Every step of everybody in every state of a kind of record: what is allowed leads where it should, and anything else nowhere.
async function triesEverything(server, { states, steps, allowed, writes }) {
  const all = await everybody(server);
  const { callers, anyForm } = all;

  const takes = async (who, record, name) => {
    const { page, fields } = steps[name];
    const address = `${record}/${page}`;
    const form = await callers[who].gets(address);
    let hidden = anyForm[who];
    if (form.status === 200 && page !== "reopen/agree") hidden = hiddenFields(form.text, address);
    // Who is given no form sends what somebody else's page says.
    if (page === "sign" && form.status !== 200) {
      const theirs = await callers[SUPERVISOR].gets(address);
      const hash = hiddenFields(theirs.text, address).find(([field]) => field === "text_hash");
      hidden = [...hidden, ...(hash ? [hash] : [])];
    }
    const form_key = crypto.randomUUID();
    return callers[who].posts(address, [...hidden.map(([field, value]) => [field, field === "form_key" && form.status !== 200 ? form_key : value]), ...fields(who)]);
  };

  const stateOf = async (record) => {
    const words = mainTextOf((await callers[SUPERVISOR].gets(record)).text);
    const found = Object.entries(states).filter(([, text]) => words.includes(text));
    // Where it stands comes before what was signed earlier; and "Signed by both" also begins the longer one.
    found.sort(([, one], [, other]) => words.indexOf(one) - words.indexOf(other) || other.length - one.length);
    return found[0]?.[0];
  };

  const ready = async (state, who, step, isAsked = true) => {
    const record = await writes(all);
    const path = { drafted: [], awaiting: ["sign"], signed: ["sign", "sign"], commented: ["sign", "comment"], voided: ["void"] }[state];
    for (const [number, name] of path.entries()) {
      const actor = name === "void" ? LINE_MANAGER : number === 0 ? SUPERVISOR : SUPERVISEE;
      assert.equal((await takes(actor, record, name)).status, 303, `${actor} takes ${name}`);
    }
    if (["reopen", "leave"].includes(step) && isAsked && ["signed", "commented"].includes(state)) {
      const other = who === SUPERVISOR ? SUPERVISEE : SUPERVISOR;
      assert.equal((await takes(other, record, "ask")).status, 303, `${other} asks`);
    }
    assert.equal(await stateOf(record), state);
    return record;
  };

  let tried = 0;
  for (const state of Object.keys(states)) {
    // One record for everything that is refused, asked to be opened again where that is possible.
    const kept = await ready(state, LINE_MANAGER, "reopen", Boolean(allowed.signed[SUPERVISEE].reopen));
    for (const who of EVERYBODY) {
      for (const name of Object.keys(steps)) {
        const after = allowed[state][who]?.[name];
        const what = `${who} takes “${name}” on a record that is ${state}`;
        const record = after ? await ready(state, who, name) : kept;
        const answer = await takes(who, record, name);
        if (after) {
          assert.equal(answer.status, 303, `${what}: ${mainTextOf(answer.text)}`);
          assert.equal(await stateOf(record), after, what);
        } else {
          assert.ok(answer.status >= 400 && answer.status < 500, `${what}: ${answer.status} ${answer.location ?? ""}`);
          if (OTHERS.includes(who)) assert.equal(answer.status, 404, `${what} is told that there is none`);
          assert.equal(await stateOf(record), state, what);
        }
        tried += 1;
      }
    }
  }
  assert.equal(tried, Object.keys(states).length * EVERYBODY.length * Object.keys(steps).length);
}

for (const kind of Object.keys(KINDS)) {
  test(
    `record_2_4_every_state_person_and_step_${kind}`,
    stage.scene(({ server }) => triesEverything(server, ofSession(kind))),
  );
}

test(
  "agreement_3_5_every_state_person_and_step",
  stage.scene(({ server }) => triesEverything(server, ofAgreement)),
);

// An action of a case: whoever does it and whoever manages the case end it, once. Everybody else is told that there is none.
const ENDS_ACTIONS = [SUPERVISOR, SUPERVISEE, LINE_MANAGER, "helen"];
const ENDS = { done: "Done", dropped: "No longer needed" };

test(
  "action_3_11_every_state_person_and_step",
  stage.scene(async ({ server }) => {
    const { callers, anyForm, luca } = await everybody(server);
    const casePage = await callers[SUPERVISOR].finds("/cases", (words) => words.includes("F-1190"));
    const caseOf = casePage.split("?")[0];
    const agrees = async () => {
      const form = `${caseOf}/oversight`;
      const what = words("Ring the nursery");
      const page = await callers[SUPERVISOR].gets(form);
      const answer = await callers[SUPERVISOR].posts(form, [
        ...hiddenFields(page.text, form),
        ["what_happened", "A call."],
        ["act", "act"],
        ["decision", "Ring them."],
        ["rationale", "We do not know yet."],
        ["risk_level", "medium"],
        ["risk_direction", "same"],
        ["action.0.what", what],
        ["action.0.who", luca],
      ]);
      assert.equal(answer.status, 303, mainTextOf(answer.text));
      const rows = rowsOf((await callers[SUPERVISOR].gets(caseOf)).text);
      const row = rows.find(({ text, links }) => text.includes(what) && links.some(({ to }) => to.startsWith("/actions/")));
      return { what, address: row.links.find(({ to }) => to.startsWith("/actions/")).to.split("?")[0] };
    };
    const takes = async (who, action, state) => {
      const form = await callers[who].gets(action.address);
      const hidden = form.status === 200 ? hiddenFields(form.text, action.address) : [...anyForm[who], ["version", "1"]];
      return callers[who].posts(action.address, [...hidden, ["state", state], ["note", "They told us."]]);
    };
    const isOpen = async ({ what }) => rowsOf((await callers[SUPERVISEE].gets("/actions")).text).some(({ text }) => text.includes(what));

    let tried = 0;
    for (const state of ["open", ...Object.keys(ENDS)]) {
      for (const who of EVERYBODY) {
        for (const step of Object.keys(ENDS)) {
          const action = await agrees();
          if (state !== "open") assert.equal((await takes(SUPERVISOR, action, state)).status, 303);
          const answer = await takes(who, action, step);
          const what = `${who} says “${step}” of an action that is ${state}`;
          const allowed = state === "open" && ENDS_ACTIONS.includes(who);
          if (allowed) assert.equal(answer.status, 303, `${what}: ${mainTextOf(answer.text)}`);
          else assert.ok(answer.status >= 400 && answer.status < 500, `${what}: ${answer.status} ${answer.location ?? ""}`);
          if (!ENDS_ACTIONS.includes(who)) assert.equal(answer.status, 404, `${what} is told that there is none`);
          assert.equal(await isOpen(action), state === "open" && !allowed, what);
          tried += 1;
        }
      }
    }
    assert.equal(tried, 3 * EVERYBODY.length * Object.keys(ENDS).length);
  }),
);

// Held first: the session that is logged meets the only one that is booked.
const BOOKING_STATES = ["written", "planned", "confirmed", "cancelled", "held", "not held"];
// Either of the two moves and cancels what is ahead, and says whether it was held once its day has come; only who is supervised says
// that they come. What is written was held.
const ahead = { move: "planned", cancel: "cancelled", held: "held", "not-held": "not held" };
const over = { held: { held: "held", "not-held": "not held" }, "not held": { held: "held", "not-held": "not held" } };
const BOOKING_ALLOWED = {
  planned: { [SUPERVISOR]: ahead, [SUPERVISEE]: { ...ahead, confirm: "confirmed" } },
  confirmed: { [SUPERVISOR]: ahead, [SUPERVISEE]: { ...ahead, confirm: "confirmed" } },
  written: {},
  held: { [SUPERVISOR]: over.held, [SUPERVISEE]: over.held },
  "not held": { [SUPERVISOR]: over["not held"], [SUPERVISEE]: over["not held"] },
  cancelled: {},
};

test(
  "booking_3_11_every_state_person_and_step",
  stage.scene(async ({ server }) => {
    const { callers, anyForm, luca, logs } = await everybody(server);
    const on = (day) => fieldsOf("on", day);
    const STEPS_OF_BOOKING = {
      move: (at) => [...on(inDays(3)), ["at", at]],
      cancel: () => [["reason", "court"]],
      confirm: () => [],
      held: () => [],
      "not-held": () => [["reason", "none"]],
    };
    const rowOf = async (at) => rowsOf((await callers[SUPERVISOR].gets("/bookings")).text).find(({ text }) => text.includes(` ${at},`));

    // Each at a minute of its own, by which it is found again.
    let booked = 0;
    const books = async () => {
      const page = await callers[SUPERVISOR].gets("/bookings/new");
      booked += 1;
      const at = `${10 + Math.floor(booked / 60)}:${String(booked % 60).padStart(2, "0")}`;
      const fields = [["supervisee", luca], ["kind", "personal"], ["mode", "phone"], ["minutes", "60"], ...on(today()), ["at", at]];
      const answer = await callers[SUPERVISOR].posts("/bookings/new", [...hiddenFields(page.text, "/bookings/new"), ...fields]);
      assert.equal(answer.status, 303, mainTextOf(answer.text));
      const { to } = (await rowOf(at)).links.find((link) => link.to.endsWith("/move"));
      return { at, page: to.slice(0, -"/move".length) };
    };

    const takes = async (who, booking, step) => {
      const address = `${booking.page}/${step}`;
      const form = ["confirm", "held"].includes(step) ? { status: 0 } : await callers[who].gets(address);
      const hidden = form.status === 200 ? hiddenFields(form.text, address) : [...anyForm[who], ["version", "1"]];
      return callers[who].posts(address, [...hidden, ...STEPS_OF_BOOKING[step](booking.at)]);
    };

    const ready = async (state) => {
      const booking = await books();
      if (state === "confirmed") assert.equal((await takes(SUPERVISEE, booking, "confirm")).status, 303);
      if (state === "cancelled") assert.equal((await takes(SUPERVISOR, booking, "cancel")).status, 303);
      if (state === "held" || state === "not held") assert.equal((await takes(SUPERVISOR, booking, state.replace(" ", "-"))).status, 303);
      if (state === "written") await logs();
      return booking;
    };

    const stateOf = async ({ at }) => {
      const words = (await rowOf(at)).text;
      if (words.includes("Held, not written up")) return "held";
      const found = /\b(planned|confirmed|not held|held|cancelled)\b/.exec(words.toLowerCase())[1];
      return found === "held" ? "written" : found;
    };

    let tried = 0;
    for (const state of BOOKING_STATES) {
      const kept = await ready(state);
      assert.equal(await stateOf(kept), state);
      for (const who of EVERYBODY) {
        for (const step of Object.keys(STEPS_OF_BOOKING)) {
          const after = BOOKING_ALLOWED[state][who]?.[step];
          const what = `${who} takes “${step}” on a booked session that is ${state}`;
          const booking = after ? await ready(state) : kept;
          const answer = await takes(who, booking, step);
          if (after) assert.equal(answer.status, 303, `${what}: ${mainTextOf(answer.text)}`);
          else assert.ok(answer.status >= 400 && answer.status < 500, `${what}: ${answer.status} ${answer.location ?? ""}`);
          assert.equal(await stateOf(booking), after ?? state, what);
          if (step === "move") assert.equal((await rowOf(booking.at)).text.includes(inDays(3).words), Boolean(after), what);
          tried += 1;
        }
      }
    }
    assert.equal(tried, BOOKING_STATES.length * EVERYBODY.length * Object.keys(STEPS_OF_BOOKING).length);
  }),
);
