// The record of a session, and a booked session, in each of its states: what each of the two, the supervisor's line manager and everybody else may do to
// it, asked of the running server by sending what its forms send. What is not allowed changes nothing.

import assert from "node:assert/strict";
import { test } from "node:test";
import { CAST, PASSWORD } from "./support/cast.mjs";
import { inDays, today } from "./support/days.mjs";
import { Caller, hiddenFields, mainTextOf, rowsOf } from "./support/http.mjs";
import { setStage } from "./support/stage.mjs";

const SUPERVISOR = "priya";
const SUPERVISEE = "luca";
const LINE_MANAGER = "ros";
const OTHERS = ["helen", "tom", "hanif", "admin"];
const EVERYBODY = [SUPERVISOR, SUPERVISEE, LINE_MANAGER, ...OTHERS];

const STATES = {
  drafted: "Written, not signed yet",
  awaiting: "Waits for the signature of the person supervised",
  signed: "Signed by both",
  commented: "Signed by both, with a comment",
  voided: "Void: it does not count",
};

const byBoth = (state) => ({ add: state, ask: state, reopen: "drafted" });
// From each state: who may take which step, and the state after it. Everything else is refused.
const ALLOWED = {
  drafted: { [SUPERVISOR]: { sign: "awaiting", correct: "drafted" }, [LINE_MANAGER]: { void: "voided" } },
  awaiting: {
    [SUPERVISOR]: { correct: "drafted" },
    [SUPERVISEE]: { sign: "signed", comment: "commented" },
    [LINE_MANAGER]: { void: "voided" },
  },
  signed: { [SUPERVISOR]: byBoth("signed"), [SUPERVISEE]: byBoth("signed"), [LINE_MANAGER]: { void: "voided" } },
  commented: { [SUPERVISOR]: byBoth("commented"), [SUPERVISEE]: byBoth("commented"), [LINE_MANAGER]: { void: "voided" } },
  voided: {},
};

const STEPS = {
  sign: { page: "sign", fields: (who) => [["signature", CAST[who].name]] },
  comment: { page: "sign", fields: (who) => [["signature", CAST[who].name], ["comment", "I see this otherwise."]] },
  correct: { page: "personal", fields: () => [["personal.wellbeing", "Corrected."]] },
  add: { page: "add", fields: () => [["words", "One more thing."]] },
  ask: { page: "reopen", fields: () => [["words", "The date is wrong."]] },
  reopen: { page: "reopen/agree", fields: () => [] },
  void: { page: "void", fields: () => [["reason", "Another person’s record."]] },
};

let written = 0;

// Everybody, signed in; a form of each; and a session of the two, written up today.
async function everybody(server) {
  const callers = {};
  for (const who of EVERYBODY) callers[who] = await new Caller(server.baseUrl).signsIn(CAST[who].email, PASSWORD);
  // What every form of somebody carries; a page that is not theirs has none to copy.
  const anyForm = {};
  for (const who of EVERYBODY) anyForm[who] = hiddenFields((await callers[who].gets("/account")).text);
  const luca = (await callers.priya.finds("/people", (words) => words === CAST.luca.name)).split("/").pop().split("?")[0];

  const logs = async () => {
    const form = `/supervision/new?supervisee=${luca}`;
    const page = await callers[SUPERVISOR].gets(form);
    const [year, month, day] = new Date().toISOString().slice(0, 10).split("-");
    const answer = await callers[SUPERVISOR].posts(form, [
      ...hiddenFields(page.text, form).filter(([name]) => !name.startsWith("personal.review")),
      ["kind", "personal"],
      ["mode", "phone"],
      ["minutes", "45"],
      ["held_on.day", String(Number(day))],
      ["held_on.month", String(Number(month))],
      ["held_on.year", year],
      // Each its own words: the same ones sent twice are one record.
      ["personal.wellbeing", `Glad of the leave. ${(written += 1)}`],
      ["do", "save"],
    ]);
    assert.equal(answer.status, 303, mainTextOf(answer.text));
    return answer.location.split("?")[0];
  };
  return { callers, anyForm, luca, logs };
}

const stage = setStage();

test(
  "record_2_4_every_state_person_and_step",
  stage.scene(async ({ server }) => {
    const { callers, anyForm, logs } = await everybody(server);

    const takes = async (who, record, name) => {
      const { page, fields } = STEPS[name];
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
      const found = Object.entries(STATES).filter(([, text]) => words.includes(text));
      // Where it stands comes before what was signed earlier; and "Signed by both" also begins the longer one.
      found.sort(([, one], [, other]) => words.indexOf(one) - words.indexOf(other) || other.length - one.length);
      return found[0]?.[0];
    };

    const ready = async (state, who, step) => {
      const record = await logs();
      const path = { drafted: [], awaiting: ["sign"], signed: ["sign", "sign"], commented: ["sign", "comment"], voided: ["void"] }[state];
      for (const [number, name] of path.entries()) {
        const actor = name === "void" ? LINE_MANAGER : number === 0 ? SUPERVISOR : SUPERVISEE;
        assert.equal((await takes(actor, record, name)).status, 303, `${actor} takes ${name}`);
      }
      if (step === "reopen" && ["signed", "commented"].includes(state)) {
        const other = who === SUPERVISOR ? SUPERVISEE : SUPERVISOR;
        assert.equal((await takes(other, record, "ask")).status, 303, `${other} asks`);
      }
      assert.equal(await stateOf(record), state);
      return record;
    };

    let tried = 0;
    for (const state of Object.keys(STATES)) {
      // One record for everything that is refused, asked to be opened again where that is possible.
      const kept = await ready(state, LINE_MANAGER, "reopen");
      for (const who of EVERYBODY) {
        for (const name of Object.keys(STEPS)) {
          const after = ALLOWED[state][who]?.[name];
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
    assert.equal(tried, Object.keys(STATES).length * EVERYBODY.length * Object.keys(STEPS).length);
  }),
);

// Held first: the session that is logged meets the only one that is booked.
const BOOKING_STATES = ["held", "planned", "confirmed", "cancelled"];
// Either of the two moves and cancels what is ahead; only who is supervised says that they come.
const ahead = { move: "planned", cancel: "cancelled" };
const BOOKING_ALLOWED = {
  planned: { [SUPERVISOR]: ahead, [SUPERVISEE]: { ...ahead, confirm: "confirmed" } },
  confirmed: { [SUPERVISOR]: ahead, [SUPERVISEE]: { ...ahead, confirm: "confirmed" } },
  held: {},
  cancelled: {},
};

test(
  "booking_3_11_every_state_person_and_step",
  stage.scene(async ({ server }) => {
    const { callers, anyForm, luca, logs } = await everybody(server);
    const on = (day) => [["on.day", day.day], ["on.month", day.month], ["on.year", day.year]];
    const STEPS_OF_BOOKING = {
      move: (at) => [...on(inDays(3)), ["at", at]],
      cancel: () => [["reason", "court"]],
      confirm: () => [],
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
      const form = step === "confirm" ? { status: 0 } : await callers[who].gets(address);
      const hidden = form.status === 200 ? hiddenFields(form.text, address) : [...anyForm[who], ["version", "1"]];
      return callers[who].posts(address, [...hidden, ...STEPS_OF_BOOKING[step](booking.at)]);
    };

    const ready = async (state) => {
      const booking = await books();
      if (state === "confirmed") assert.equal((await takes(SUPERVISEE, booking, "confirm")).status, 303);
      if (state === "cancelled") assert.equal((await takes(SUPERVISOR, booking, "cancel")).status, 303);
      if (state === "held") await logs();
      return booking;
    };

    const stateOf = async ({ at }) => /\b(planned|confirmed|held|cancelled)\b/.exec((await rowOf(at)).text.toLowerCase())[1];

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
