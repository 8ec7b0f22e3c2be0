// The score of a risk checklist (DASH-RIC): a number that calls for questions, is read wherever the entry is read, and is not asked
// for twice. With JavaScript and without.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { tidy } from "./support/browser.mjs";
import { daysAgo, inDays } from "./support/days.mjs";
import { wordsOf } from "./support/pdf.mjs";
import { isCalledFor } from "./support/prompts.mjs";
import { setStage } from "./support/stage.mjs";

const CASE = "F-1121";
const SCORE = "Score, 0 to 24";
const SUMMARY = "New risk checklist (DASH-RIC), if one was done";

for (const javaScript of [true, false]) {
  describe(`risk checklists, JavaScript ${javaScript ? "on" : "off"}`, () => {
    const stage = setStage();

    const opensEntry = async (priya) => {
      await priya.opens("/cases");
      await priya.follows(CASE);
      await priya.follows("Log supervision");
      if (javaScript) await priya.settles();
      return priya.within(new RegExp(`^${CASE}`));
    };

    const opensFields = async (priya) => {
      const fields = priya.page.locator("details", { hasText: SUMMARY }).first();
      if ((await fields.getAttribute("open")) === null) await fields.locator("summary").click();
    };

    const fillsRest = async (priya, entry) => {
      await priya.chooses("How did you meet?", "In person");
      await entry.chooses("Was the child seen?", "Yes, alone");
      await entry.fillsDate("Date last seen", daysAgo(2));
      await entry.fills("What has happened since last time", "She answered the checklist at the centre.");
      await entry.chooses("Which way has risk gone?", "The same");
      await entry.chooses("What is proposed for the plan?", "Carry on with the plan");
      await entry.fills("Decision", "Carry on, with the safety plan.");
      await entry.fills("Why", "Nothing else has changed.");
    };

    // The keys of all places, those under "More questions" too.
    const keys = (priya) => Promise.all([0, 1, 2, 3, 4].map((slot) => priya.page.locator(`[name="entry.0.prompt.${slot}.key"]`).inputValue()));
    const first = async (priya) => tidy(await priya.page.locator('[id="entry.0.prompt.0.question"]').innerText());

    test(
      "the number calls for its questions, and is read with the entry, on the case and on paper",
      stage.scene(async ({ person }) => {
        const priya = await person("priya", { javaScript });
        const entry = await opensEntry(priya);
        await opensFields(priya);
        await entry.sees("No score is noted yet.");
        await fillsRest(priya, entry);
        await entry.chooses("Risk now", "Medium");
        await entry.fills(SCORE, "14");
        await entry.fillsDate("Done on", daysAgo(3));
        if (javaScript) {
          await priya.sees(/Questions changed: the risk checklist scored high/);
          assert.ok(isCalledFor(await first(priya), "high_score"), await first(priya));
          await entry.fills(SCORE, "13");
          await entry.chooses("Risk now", "High");
          await priya.sees(/Questions changed: the risk checklist scored low, but risk is high/);
          assert.ok(isCalledFor(await first(priya), "low_score_high_concern"), await first(priya));
          const inBrowser = await keys(priya);
          // The same decision on the server: the page that comes back with everything typed has the same questions.
          await priya.presses("Check wording").catch(() => {});
          if (/supervision\/new/.test(priya.path)) assert.deepEqual((await keys(priya)).sort(), inBrowser.sort());
          await entry.fills(SCORE, "14");
          await entry.chooses("Risk now", "Medium");
        }
        await priya.savesSupervision();
        await priya.sees("Supervision saved");
        const said = `14 of 24, done on ${daysAgo(3).words}`;
        await priya.sees(said);
        await priya.sees("Asked because: The risk checklist scored high");
        const session = new URL(priya.page.url()).pathname;
        const text = await priya.sends(`${session}/text`);
        assert.ok(tidy(text.text).includes(`Risk checklist (DASH-RIC): ${said}`), text.text);
        const pdf = await priya.sends(`${session}/pdf`);
        assert.ok((await wordsOf(pdf.bytes)).includes(said), "on paper too");
        await priya.opens("/cases");
        await priya.follows(CASE);
        await priya.sees(`14 of 24 on ${daysAgo(3).words}`);
        await priya.sees(said);
      }),
    );

    test(
      "the last score stands beside the field, and the next says which way it has gone",
      stage.scene(async ({ person }) => {
        const priya = await person("priya", { javaScript });
        const entry = await opensEntry(priya);
        await opensFields(priya);
        await entry.sees(`Last score: 14 of 24 on ${daysAgo(3).words}.`);
        assert.equal(await entry.field(SCORE).inputValue(), "", "nothing is filled in beforehand");
        await fillsRest(priya, entry);
        await entry.chooses("Risk now", "High");
        await entry.fills(SCORE, "9");
        await entry.fillsDate("Done on", daysAgo(0));
        await priya.savesSupervision();
        await priya.sees("Asked because: The risk checklist scored low, but risk is high");
        await priya.opens("/cases");
        await priya.follows(CASE);
        await priya.sees(`9 of 24 on ${daysAgo(0).words}, down from 14 on ${daysAgo(3).words}`);
        await priya.follows("Add oversight note");
        await opensFields(priya);
        await priya.sees(`Last score: 9 of 24 on ${daysAgo(0).words}, down from 14 on ${daysAgo(3).words}.`);
      }),
    );

    test(
      "what is wrong with a score is said in words, and everything typed stays",
      stage.scene(async ({ person }) => {
        const priya = await person("priya", { javaScript });
        const entry = await opensEntry(priya);
        await opensFields(priya);
        await fillsRest(priya, entry);
        await entry.chooses("Risk now", "High");
        for (const [score, day, words] of [
          ["30", daysAgo(1), "Enter the score as a whole number between 0 and 24"],
          ["", daysAgo(1), "Enter the score of the checklist, or clear its date"],
          ["15", inDays(1), "Date of the checklist must be today or in the past"],
        ]) {
          await entry.fills(SCORE, score);
          await entry.fillsDate("Done on", day);
          await priya.presses("Save supervision", { status: 422 });
          await priya.sees(words);
          if (javaScript) await priya.settles();
          await priya.still({ "entry.0.checklist_score": score, "entry.0.checklist_on.day": day.day });
          assert.ok(await entry.field(SCORE).isVisible(), "the fields are open where something is wrong with them");
        }
        const link = priya.page.locator(".govuk-error-summary a", { hasText: "Date of the checklist" });
        assert.equal(await link.getAttribute("href"), "#entry.0.checklist_on.day");
      }),
    );

    test(
      "a practitioner notes a checklist between sessions, with its score or without",
      stage.scene(async ({ person }) => {
        const nia = await person("nia", { javaScript });
        await nia.opens("/cases");
        await nia.follows(CASE);
        await nia.follows("Note a change in risk");
        await nia.sees(/Last score: 9 of 24/);
        await nia.chooses("Risk now", "High");
        await nia.chooses("Which way has risk gone?", "Up");
        await nia.fills("What happened", "He rang her at work.");
        await nia.fills(SCORE, "17");
        await nia.presses("Save change", { status: 422 });
        await nia.sees("Enter the day on which the checklist was done, or clear its score");
        await nia.still({ checklist_score: "17" });
        await nia.fillsDate("Done on", daysAgo(0));
        await nia.presses("Save change");
        await nia.sees("The change in risk is noted");
        await nia.sees(`17 of 24 on ${daysAgo(0).words}, up from 14 on ${daysAgo(3).words}`);
      }),
    );
  });
}
