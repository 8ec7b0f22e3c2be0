// What was agreed comes back: each session opens with it, and what was carried over three times asks for a decision. With
// JavaScript and without.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { CAST } from "./support/cast.mjs";
import { inDays, today } from "./support/days.mjs";
import { checkPageWithScripts } from "./support/page-faults.mjs";
import { setStage } from "./support/stage.mjs";

const TASK = "Tell the school and the health visitor that closure is proposed, and ask whether they agree";
const WHY = "Nobody outside the team has said that things are better, and the school sees the children on each day of the week.";

for (const javaScript of [true, false]) {
  describe(`actions, JavaScript ${javaScript ? "on" : "off"}`, () => {
    const stage = setStage();

    const opensSession = async (priya) => {
      await priya.opens("/cases");
      await priya.follows("F-1190");
      await priya.follows("Log supervision");
      await priya.chooses("How did you meet?", "Phone");
      const entry = priya.within(/^F-1190/);
      await entry.chooses("Was the child seen?", "Does not apply (adult or unborn child)");
      await entry.fills("What has happened since last time", "The school has not replied.");
      await entry.chooses("Risk now", "Standard");
      await entry.chooses("Which way has risk gone?", "The same");
      await entry.chooses("What is proposed for the plan?", "Carry on with the plan");
      await entry.fills("Decision", "Wait for the school.");
      await entry.fills("Why", WHY);
      return entry;
    };

    test(
      "three times it is carried over with no more than a look; the fourth session asks what becomes of it",
      stage.scene(async ({ person }) => {
        const priya = await person("priya", { javaScript });
        for (const times of [0, 1, 2]) {
          const entry = await opensSession(priya);
          const action = entry.within(TASK);
          if (times > 0) await action.sees(`Carried over ${times} time${times > 1 ? "s" : ""}`);
          assert.ok(await action.within("What has become of it?").field("Still to do").isChecked(), "nothing has to be pressed");
          await priya.presses("Save supervision");
          await priya.sees("Supervision saved");
          await priya.sees("Actions from last time");
        }
        const entry = await opensSession(priya);
        const action = entry.within(TASK);
        await action.sees("It has been carried over often enough. Decide what becomes of it");
        assert.equal(await action.root.getByLabel("Still to do").count(), 0, "to put it off once more is not offered");
        await entry.sees("Risk is high, or nothing moves. Before you decide, put two explanations beside each other.");
        await priya.presses("Save supervision", { status: 422 });
        await priya.sees("Choose what has become of this action");
        await action.chooses("What has become of it?", "Somebody clears the way");
        await action.fills("How do you know, why, or what now?", "Ros rings the head of the school.");
        await action.selects("Whom do you ask?", CAST.ros.name);
        await action.fillsDate("By this day instead", inDays(4));
        await priya.presses("Save supervision");
        await priya.sees("F-1190: The same is carried over again and again. What else might explain why nothing moves?");
        await priya.presses("Save supervision");
        await priya.sees("Ros rings the head of the school.");

        const luca = await person("luca", { javaScript });
        await luca.follows("All actions, by how far they are over");
        await luca.reads("Actions");
        await luca.sees(TASK);
        await luca.follows(/^End this action/);
        await luca.sees("Ros rings the head of the school.");
        await luca.sees(`${CAST.ros.name} is asked, and has not answered yet.`);
        assert.equal(await luca.page.locator("ol li", { hasText: "Still to do" }).count(), 3, "its way so far");

        const ros = await person("ros", { javaScript });
        await ros.follows("1 action waits for you to clear the way or to decide");
        await ros.reads("What you are asked");
        await checkPageWithScripts(ros);
        await ros.follows("Ros rings the head of the school.");
        await ros.reads(`${CAST.priya.name} asks you, about F-1190`);
        await ros.sees(TASK);
        await ros.presses("Answer", { status: 422 });
        await ros.sees("Write what you have done, or what you decide");
        await checkPageWithScripts(ros);
        await ros.fills("What have you done, or what do you decide?", "The head rings Luca on Monday.");
        await ros.presses("Answer");
        await ros.sees("Your answer stands with the action");
        await ros.sees("Nothing waits for your answer");
        await ros.opens("/");
        assert.equal(await ros.page.getByText("waits for you to clear the way").count(), 0);

        const again = await opensSession(priya);
        await again.within(TASK).sees(/^Ros Keane was asked, and answered on .*: The head rings Luca on Monday\.$/);
      }),
    );

    test(
      "done needs its evidence, and then it comes back no more",
      stage.scene(async ({ person }) => {
        const priya = await person("priya", { javaScript });
        const entry = await opensSession(priya);
        const action = entry.within(TASK);
        await action.chooses("What has become of it?", "Done");
        await priya.presses("Save supervision", { status: 422 });
        await priya.sees("Write how you know that it is done");
        await action.fills("How do you know, why, or what now?", "Both replies are on the file.");
        await entry.fills("No action needed, because", "The school writes to us by itself from now on.");
        await priya.presses("Save supervision");
        await priya.sees("Both replies are on the file.");
        await priya.sees("The school writes to us by itself from now on.");
        await opensSession(priya);
        assert.equal(await priya.page.getByText(TASK).count(), 0);
      }),
    );

    test(
      "what a record does not say is asked once before it is saved, and saving again keeps it as it is",
      stage.scene(async ({ person }) => {
        const priya = await person("priya", { javaScript });
        const entry = await opensSession(priya);
        await entry.fills("Why", "Discussed, plan agreed.");
        await priya.presses("Save supervision");
        await priya.sees("Worth a second look");
        await priya.sees("F-1190: Would somebody who was not there understand why this was decided?");
        await priya.sees("F-1190: Nothing is to be done. Is that so, and why?");
        await priya.still({ "entry.0.rationale": "Discussed, plan agreed." });
        await entry.fills("Why", WHY);
        await priya.presses("Save supervision");
        await priya.sees("Supervision saved");
      }),
    );

    test(
      "record_3_1_only_the_decision_and_its_reason_are_in_the_way; the rest is asked once and may be left",
      stage.scene(async ({ person }) => {
        const priya = await person("priya", { javaScript });
        await priya.opens("/cases");
        await priya.follows("F-1190");
        const page = priya.path.split("?")[0];
        const riskSoFar = await priya.page.locator(".fe-facts > *", { hasText: "Risk" }).first().innerText();
        await priya.opens("/supervision/new");
        await priya.chooses("Who did you meet?", CAST.luca.name);
        await priya.presses("Continue");
        await priya.chooses("How did you meet?", "Video call");
        await priya.chooses("What was it for?", "Case supervision");
        await priya.selects("Add a case", /^F-1190/);
        await priya.presses("Add this case");
        const entry = priya.within(/^F-1190/);
        await entry.fills("What is to be done", "Ring the nursery");
        await entry.selects("Who", "Choose who");
        await priya.presses("Save supervision", { status: 422 });
        const links = await priya.page.locator(".govuk-error-summary a").allInnerTexts();
        assert.deepEqual(links, ["Write the decision", "Write why this was decided"]);
        await entry.fills("Decision", "Carry on.");
        await entry.fills("Why", WHY);
        await priya.presses("Save supervision");
        await priya.sees("Worth a second look");
        for (const asked of [
          "Nobody has said whether the child was seen",
          "Nothing stands under what has happened since last time",
          "Nobody has said how high the risk is: it stays as high as it was",
          "Nobody has said which way the risk has gone",
          "Nobody has said what is proposed for the plan",
          "Who will do it? Left so, it is for whoever is supervised",
          "By when? Left so, it is due when this is next talked about",
          "How shall you know that it is done, and that it has helped?",
          "What happens if it is not done?",
        ]) {
          await priya.sees(`F-1190: ${asked}`);
        }
        const nextOn = await Promise.all(["day", "month", "year"].map((part) => priya.valueOf(`entry.0.next_on.${part}`)));
        await priya.presses("Save supervision");
        await priya.sees("Supervision saved");
        await priya.sees("Nobody said how high the risk is: it stays as it was");
        await priya.opens(page);
        assert.equal(await priya.page.locator(".fe-facts > *", { hasText: "Risk" }).first().innerText(), riskSoFar, "nobody is thought safer because of a box left empty");
        const action = priya.page.locator("tr", { hasText: "Ring the nursery" }).first();
        assert.match(await action.innerText(), new RegExp(CAST.luca.name));
        const [year, month, day] = (await action.locator("time").first().getAttribute("datetime")).split("-").map(Number);
        assert.deepEqual([day, month, year], nextOn.map(Number), "by the next date of the case");
      }),
    );

    test(
      "what two agree about one of them comes back in their next session, and nobody else reads it",
      stage.scene(async ({ person }) => {
        const PROMISE = "Keep two mornings a week free of duty";
        const priya = await person("priya", { javaScript });
        const begins = async () => {
          await priya.opens("/supervision/new");
          await priya.chooses("Who did you meet?", CAST.gwen.name);
          await priya.chooses("What was it?", "Between the two of you");
          await priya.presses("Continue");
          await priya.chooses("How did you meet?", "In person");
          await priya.chooses("What was it for?", "Personal supervision");
          await priya.fills("Workload", "Too much duty.");
        };
        await begins();
        await priya.page.getByText("Agree an action about the person").click();
        const action = priya.within("Action 1");
        await action.fills("What is to be done", PROMISE);
        await action.selects("Who", `${CAST.priya.name} (me)`);
        assert.equal(await action.field("Who").locator("option").count(), 3, "it is for one of the two");
        await priya.presses("Save supervision");
        await priya.sees("By when? Left so, it is due when this is next talked about");
        await action.fillsDate("By when", inDays(6));
        await priya.presses("Save supervision");
        await priya.sees(PROMISE);
        const path = priya.path.split("?")[0];
        await priya.opens("/actions");
        await priya.sees(PROMISE);
        await priya.sees(`Supervision of ${CAST.gwen.name}`);
        const gwen = await person("gwen", { javaScript });
        await gwen.opens(path);
        await gwen.sees(PROMISE);
        const luca = await person("luca", { javaScript });
        await luca.opens("/actions?whose=team");
        await luca.findsNoTraceOf(PROMISE);
        await begins();
        const kept = priya.within(PROMISE);
        await kept.chooses("What has become of it?", "Done");
        await kept.fills("How do you know, why, or what now?", "The rota says so.");
        await priya.presses("Save supervision");
        await priya.sees("Actions from last time");
        await priya.sees("The rota says so.");
        await gwen.opens(path);
        await gwen.sees(`Done, as told on ${today().words}: The rota says so.`);
      }),
    );

    test(
      "whoever ends an action of a list comes back to the list, and of a case to the case",
      stage.scene(async ({ person }) => {
        const ends = async (somebody) => {
          await somebody.follows(/^End this action/);
          await somebody.reads(/^End an action: /);
          await somebody.presses("Save", { status: 422 });
          await somebody.chooses("What has become of it?", "No longer needed");
          await somebody.fills("How do you know, or why is it no longer needed?", "The plan has changed.");
          await somebody.presses("Save draft");
          await somebody.sees("Draft saved");
          await somebody.presses("Save");
          await somebody.sees("Action ended");
        };
        const priya = await person("priya", { javaScript });
        await ends(priya);
        await priya.reads(/My week$/);
        await priya.opens("/actions?whose=team&band=not_yet");
        await ends(priya);
        assert.match(priya.path, /^\/actions\?whose=team&band=not_yet/);
        await priya.opens("/cases");
        await priya.follows("F-1042");
        await ends(priya);
        assert.match(priya.path, /^\/cases\//);
      }),
    );

    test(
      "a manager sees the team’s open actions by how far they are over",
      stage.scene(async ({ person }) => {
        const priya = await person("priya", { javaScript });
        await priya.opens("/actions");
        await priya.follows("My team’s");
        const all = await priya.page.locator("main tbody tr").count();
        assert.ok(all > 0);
        await priya.follows(/Not yet due$/);
        await priya.reads("Actions");
        const dee = await person("dee", { javaScript });
        await dee.opens("/actions?whose=team");
        assert.equal(await dee.page.getByRole("link", { name: "My team’s" }).count(), 0, "who sees no cases sees no actions on them");
      }),
    );
  });
}
