// How much work a routine session is, with two case entries: pages, clicks and fields besides the narrative, and the time
// that somebody takes who types 200 words a minute. Printed, and held to a limit.

import assert from "node:assert/strict";
import { test } from "node:test";
import { CAST } from "./support/cast.mjs";
import { daysAgo } from "./support/days.mjs";
import { setStage } from "./support/stage.mjs";

const MOST_PAGES = 3;
const WORDS_A_MINUTE = 200;

const HAPPENED = "Two visits since last time. The school says that mornings are calmer, and the health visitor saw the youngest on Tuesday. The mother spoke of a row on Sunday which ended when her brother came.";
const DECISION = "Carry on with the plan, and see each child alone at school before the core group meets.";
const REASON = "Things are calmer by two accounts, but nobody has heard the children themselves since the row, and the plan rests on their being safe on Sundays.";

const stage = setStage();

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
    await chooses(priya, "How did you meet?", "In person");
    for (const reference of [/^F-1042/, /^F-0930/]) {
      const entry = priya.within(reference);
      await chooses(entry, "Was the child seen?", "Yes, alone");
      effort.inputs += 1;
      await entry.fillsDate("Date last seen", daysAgo(3));
      await writes(entry, "What has happened since last time", HAPPENED);
      await chooses(entry, "Risk now", "Medium");
      await chooses(entry, "Which way has risk gone?", "The same");
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
