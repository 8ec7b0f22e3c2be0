// What was agreed comes back: each session opens with it, and what was carried over three times asks for a decision. With
// JavaScript and without.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { CAST } from "./support/cast.mjs";
import { inDays } from "./support/days.mjs";
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
        await priya.presses("Save supervision", { status: 422 });
        await priya.sees("Choose what has become of this action");
        await action.chooses("What has become of it?", "Somebody clears the way");
        await action.fills("How do you know, why, or what now?", "Ros rings the head of the school.");
        await action.fillsDate("By this day instead", inDays(4));
        await priya.presses("Save supervision");
        await priya.sees("Ros rings the head of the school.");

        const luca = await person("luca", { javaScript });
        await luca.follows("All actions, by how far they are over");
        await luca.reads("Actions");
        await luca.sees(TASK);
        await luca.follows(/^End this action/);
        await luca.sees("Ros rings the head of the school.");
        assert.equal(await luca.page.locator("ol li", { hasText: "Still to do" }).count(), 3, "its way so far");
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
        await priya.presses("Save supervision", { status: 422 });
        await priya.sees("By when: enter a day, month and year");
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
        await gwen.sees("Done: The rota says so.");
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
