// How much work a routine session is, with two case entries: pages, clicks and fields besides the narrative, and the time
// that somebody takes who types 200 words a minute. Printed, and held to a limit.

import assert from "node:assert/strict";
import { test } from "node:test";
import { CAST } from "./support/cast.mjs";
import { daysAgo, today } from "./support/days.mjs";
import { setStage } from "./support/stage.mjs";

const MOST_PAGES = 3;
const WORDS_A_MINUTE = 200;

const HAPPENED = "Two visits since last time. The school says that mornings are calmer, and the health visitor saw the youngest on Tuesday. The mother spoke of a row on Sunday which ended when her brother came.";
const DECISION = "Carry on with the plan, and see each child alone at school before the core group meets.";
const REASON = "Things are calmer by two accounts, but nobody has heard the children themselves since the row, and the plan rests on their being safe on Sundays.";

const stage = setStage();

// What is known stands there, and no part of the form asks for the same thing twice.
async function asksNothingTwice(priya) {
  const parts = await priya.page.evaluate(() => {
    const isSeen = (element) => element.checkVisibility();
    const words = (element) => element.textContent.replace(/\s+/g, " ").trim();
    // The boxes of a date have labels of their own, which its legend makes different.
    const asks = (part) =>
      [...part.querySelectorAll("label, legend")]
        .filter((asked) => isSeen(asked) && asked.closest(".fe-carried, .fe-entry, form") === part && !asked.closest(".govuk-radios, .govuk-checkboxes, .govuk-date-input, .fe-prompt"))
        .map(words);
    // Each action that comes back is asked about once.
    return [...document.querySelectorAll("main form, main form .fe-entry, main form .fe-carried")].map(asks);
  });
  assert.ok(parts.length >= 3 && parts.every((asked) => asked.length > 0), JSON.stringify(parts));
  for (const asked of parts) assert.deepEqual(asked.filter((words, at) => asked.indexOf(words) !== at), [], "asked twice");
  const day = today();
  for (const [field, value] of [["held_on.day", day.day], ["held_on.month", day.month], ["held_on.year", day.year]]) {
    assert.equal(await priya.valueOf(field), String(value), `${field} is today until somebody says otherwise`);
  }
  for (const field of ["minutes", "entry.0.next_on.year", "entry.1.next_on.year"]) assert.notEqual(await priya.valueOf(field), "", `${field} is proposed`);
  // Who, which case, its plan and its risk so far are told, not asked.
  for (const reference of [/^F-1042/, /^F-0930/]) assert.match(await priya.within(reference).root.innerText(), /Risk so far:.*Last discussed|Not discussed/s);
  const asked = priya.page.locator("main form :is(select, input:not([type='hidden']))");
  const known = await asked.evaluateAll((fields) => fields.map(({ name }) => name).filter((name) => /^supervisee$|(^|\.)(case|plan_type|reference)$/.test(name)));
  assert.deepEqual(known, [], "what is known is not asked");
}

test(
  "a routine session with two case entries is written in three pages, and asks for nothing twice",
  stage.scene(async ({ person }) => {
    const priya = await person("priya");
    const effort = { pages: 0, inputs: 0, words: 0 };
    const page = async (act) => {
      effort.pages += 1;
      await act();
    };
    const writes = async (place, label, text) => {
      effort.words += text.split(/\s+/).length;
      await place.fills(label, text);
    };
    const chooses = async (place, legend, option) => {
      effort.inputs += 1;
      await place.chooses(legend, option);
    };
    const began = Date.now();
    // From the list of what is due, or a booking, both cases come with the link.
    const cases = [];
    for (const reference of ["F-1042", "F-0930"]) {
      await priya.opens("/cases");
      await priya.follows(reference);
      cases.push(new URL(priya.page.url()).pathname.split("/").pop());
    }
    await priya.opens("/people");
    await priya.follows(CAST.gwen.name);
    const gwen = new URL(priya.page.url()).pathname.split("/").pop();
    await page(() => priya.opens(`/supervision/new?supervisee=${gwen}&case=${cases[0]}&case=${cases[1]}`));
    await priya.settles();
    await asksNothingTwice(priya);
    await chooses(priya, "How did you meet?", "In person");
    // One was high and is so no longer, the other is as it was.
    for (const [reference, level, direction] of [[/^F-1042/, "Medium", "Down"], [/^F-0930/, "Standard", "The same"]]) {
      const entry = priya.within(reference);
      await chooses(entry, "Was the child seen?", "Yes, alone");
      effort.inputs += 1;
      await entry.fillsDate("Date last seen", daysAgo(3));
      await writes(entry, "What has happened since last time", HAPPENED);
      await chooses(entry, "Risk now", level);
      await chooses(entry, "Which way has risk gone?", direction);
      await chooses(entry, "What is proposed for the plan?", "Carry on with the plan");
      await writes(entry, "Decision", DECISION);
      await writes(entry, "Why", REASON);
    }
    await writes(priya.within(/^F-0930/), "No action needed, because", "The carers and the school see to it, as agreed in June.");
    effort.inputs += 1;
    await page(() => priya.presses("Save supervision"));
    if (await priya.page.locator(".fe-second-look").count()) {
      effort.inputs += 1;
      await page(() => priya.presses("Save supervision"));
    }
    await priya.sees("Supervision saved");
    const minutes = effort.words / WORDS_A_MINUTE;
    console.log(`A routine session with two case entries: ${effort.pages} pages, ${effort.inputs} inputs besides ${effort.words} words (${minutes.toFixed(1)} minutes at ${WORDS_A_MINUTE} words a minute); the pages took ${Date.now() - began} ms`);
    assert.ok(effort.pages <= MOST_PAGES, `${effort.pages} pages`);
    assert.ok(effort.inputs <= 12, `${effort.inputs} inputs besides the narrative`);
  }),
);

// Domain.md 3.3: a note between sessions is one short form.
const SECONDS_FOR_A_PAGE = 3;
const SECONDS_FOR_AN_INPUT = 2;

test(
  "oversight_3_3_a_decision_not_to_act_is_on_the_case_in_under_a_minute",
  stage.scene(async ({ person }) => {
    const priya = await person("priya");
    await priya.opens("/cases");
    await priya.follows("F-1042");
    const effort = { pages: 0, inputs: 0, words: 0 };
    const writes = async (label, text) => {
      effort.words += text.split(/\s+/).length;
      await priya.fills(label, text);
    };
    const began = Date.now();
    effort.pages += 1;
    await priya.goes(() => priya.page.getByRole("link", { name: /oversight/i }).first().click());
    await priya.settles();
    await writes("What happened or was asked", "The school rang: he was collected late twice, and was cheerful.");
    await writes("Decision", "No visit today. Gwen sees him at school on Thursday as planned.");
    await writes("Why", "Lateness alone is no new risk, and he is seen in two days by somebody he knows.");
    for (const [legend, option] of [["Decision to act", "Do not act"], ["Direction of risk", "The same"]]) {
      effort.inputs += 1;
      await priya.chooses(legend, option);
    }
    effort.inputs += 1;
    effort.pages += 1;
    await priya.presses("Save note");
    await priya.sees("No visit today. Gwen sees him at school on Thursday as planned.");
    const typing = (effort.words / WORDS_A_MINUTE) * 60;
    const served = (Date.now() - began) / 1000;
    const seconds = typing + effort.pages * SECONDS_FOR_A_PAGE + effort.inputs * SECONDS_FOR_AN_INPUT + served;
    console.log(`A note of oversight: ${effort.pages} pages, ${effort.inputs} inputs and ${effort.words} words: ${seconds.toFixed(0)} seconds, ${served.toFixed(1)} of them the machine's`);
    assert.ok(seconds < 60, `${seconds.toFixed(0)} seconds`);
  }),
);
