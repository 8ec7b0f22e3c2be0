// The rules of the house: how often things are due is changed after a look at what that changes, the list of reviews and the
// mail follow, and what cannot be used is refused while the rules in force stay. Once with JavaScript and once without.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { CAST } from "./support/cast.mjs";
import { today, workingMorning } from "./support/days.mjs";
import { startMail } from "./support/mail.mjs";
import { setStage } from "./support/stage.mjs";

// A care leaver discussed 30 days ago, who is due every 84 days by the rules that ship.
const CASE = "F-1098";

for (const javaScript of [true, false]) {
  describe(`rules, JavaScript ${javaScript ? "on" : "off"}`, () => {
    const stage = setStage();

    test(
      "a policy is previewed, saved, compared, and the reviews and the mail follow",
      stage.scene(async ({ server, person }) => {
        const priya = await person("priya", { javaScript });
        await priya.opens("/reviews");
        assert.ok(!(await priya.words()).includes(CASE), "not due yet");

        const helen = await person("helen", { javaScript });
        await helen.opens("/settings/policies/new");
        await helen.fills("Care leaver", "20");
        await helen.presses("Show what would change");
        await helen.sees("Choose who approved this");
        assert.equal(await helen.field("Care leaver").inputValue(), "20", "what was typed is still there");
        await helen.selects("Approved by", CAST.ros.name);
        await helen.fills("Reason", "Agreed at the practice board");
        await helen.presses("Show what would change");
        await helen.sees(`What would change on ${today().words}`);
        await helen.sees(/1 case would become overdue/);
        await helen.page.locator("#preview").getByText(CASE).waitFor();

        // Whoever changes a number after the look is shown another.
        await helen.fills("Care leaver", "30");
        await helen.presses("Save as a new version");
        await helen.sees(/0 cases would become overdue and 1 case due soon/);
        await helen.fills("Care leaver", "20");
        await helen.presses("Show what would change");
        await helen.presses("Save as a new version");
        await helen.sees("The policy is saved as a new version");
        await helen.sees("Agreed at the practice board");
        await helen.opens("/settings/policies/compare?from=1&to=2");
        await helen.sees("84 days");
        await helen.sees("20 days");

        await priya.opens("/reviews");
        const row = priya.page.locator("main tbody tr", { hasText: CASE });
        assert.match(await row.innerText(), /Overdue by 10 days[\s\S]*20 days after the session of[\s\S]*version 2/);
      }),
    );

    test(
      "what a caseload weighs is changed with a date and a reason, and the weight of somebody’s cases follows",
      stage.scene(async ({ person }) => {
        const priya = await person("priya", { javaScript });
        const weight = async () => {
          await priya.opens("/people");
          await priya.follows(CAST.tom.name);
          return /\d+ cases?, weight ([\d.]+)/.exec(await priya.words())?.[1];
        };
        const before = await weight();
        assert.ok(before, "his weight is there for his supervisor");
        const helen = await person("helen", { javaScript });
        await helen.opens("/settings");
        await helen.follows("What a caseload weighs");
        await helen.sees("Nobody is put into an order by it");
        await helen.follows("Change the weights");
        const plans = helen.within("What each plan weighs");
        const boxes = await plans.root.getByRole("textbox").all();
        for (const box of boxes) await box.fill("9");
        await plans.fills("Child in need", "heavy");
        await helen.selects("Approved by", CAST.ros.name);
        await helen.fills("Reason", "To see the weights move");
        await helen.presses("Save as a new version", { status: 422 });
        await helen.sees("The weight for “Child in need” must be a number from 0 to 10, like 1.5");
        await helen.still({ "plan.cin": "heavy", "plan.cp": "9" });
        await plans.fills("Child in need", "9");
        await helen.presses("Save as a new version");
        await helen.sees("The weights are saved as a new version");
        await helen.sees(/To see the weights move/);
        assert.ok(Number(await weight()) > Number(before), "heavier than before");
        await priya.opens("/settings/caseload");
        assert.equal(await priya.page.getByRole("link", { name: "Change the weights" }).count(), 0);
        await priya.opens("/settings/caseload/edit", { status: 404 });
      }),
    );

    test(
      "the clock is moved, and the right people hear of it at each step, once",
      stage.scene(async ({ server }) => {
        const mail = await startMail({ encryption: "starttls" });
        try {
          const sendAt = async (at) => {
            mail.received.length = 0;
            await server.run(["remind", "--at", at]);
            await server.run(["remind", "--at", at]);
            await server.run(["deliver", "--at", at], { settings: mail.settings });
            return mail.received.map(({ to }) => to[0]);
          };
          const first = await sendAt(workingMorning(1));
          assert.ok(first.includes(CAST.priya.email) && first.includes(CAST.gwen.email), `practitioners and the supervisor: ${first}`);
          assert.ok(!first.includes(CAST.farah.email), "who is away is left in peace");
          const later = await sendAt(workingMorning(8));
          assert.ok(later.includes(CAST.ros.email), `a week later the service manager: ${later}`);
          assert.equal(later.filter((to) => to === CAST.farah.email).length, 1, "who is back is told once");
          assert.deepEqual(await sendAt(workingMorning(8)), [], "nothing twice");
        } finally {
          await mail.stop();
        }
      }),
    );

    test(
      "what cannot be used is refused with the place and what is allowed, and the text stays",
      stage.scene(async ({ person }) => {
        const helen = await person("helen", { javaScript });
        await helen.opens("/settings/policies/new");
        await helen.fills("Child protection", "0");
        await helen.presses("Show what would change", { status: 422 });
        await helen.sees("Enter “Child protection” as a whole number between 1 and 366");

        await helen.opens("/settings/ladder/edit");
        const text = "[case_supervision]\nsteps = [{ days = 1 }]";
        await helen.fills("Steps", text);
        await helen.selects("Approved by", CAST.ros.name);
        await helen.fills("Reason", "Shorter");
        await helen.presses("Save as a new version", { status: 422 });
        await helen.sees(/\[case_supervision\], step 1: “tell” names nobody/);
        assert.equal(await helen.field("Steps").inputValue(), text);
        await helen.opens("/settings/ladder");
        await helen.sees(/In force today: version 1/);

        await helen.opens("/settings/calendar/import");
        await helen.fills("Text of the file", '{"narnia": {"division": "narnia", "events": []}}');
        await helen.selects("Approved by", CAST.ros.name);
        await helen.fills("Reason", "New table");
        await helen.presses("Save as a new version", { status: 422 });
        await helen.sees(/“narnia” is not a nation this product knows/);
      }),
    );

    test(
      "a closed day and a file of bank holidays make a new version of the calendar",
      stage.scene(async ({ person }) => {
        const helen = await person("helen", { javaScript });
        await helen.opens("/settings/calendar/edit");
        await helen.fills("Closed days", "2026-12-29 Closed between the holidays");
        await helen.selects("Approved by", CAST.ros.name);
        await helen.fills("Reason", "As every year");
        await helen.presses("Save as a new version");
        await helen.sees("Closed between the holidays");
        await helen.opens("/settings/calendar/import");
        const file = { "england-and-wales": { division: "england-and-wales", events: [{ title: "A day of thanks", date: "2031-06-02", notes: "", bunting: true }] } };
        await helen.fills("Text of the file", JSON.stringify(file));
        await helen.selects("Approved by", CAST.ros.name);
        await helen.fills("Reason", "Proclaimed");
        await helen.presses("Save as a new version");
        await helen.sees("A day of thanks");
      }),
    );

    test(
      "a rise in risk is noted, its oversight is due, and a note of oversight meets it",
      stage.scene(async ({ person }) => {
        const gwen = await person("gwen", { javaScript });
        await gwen.opens("/cases");
        await gwen.follows("F-0930");
        await gwen.follows("Note a change in risk");
        await gwen.chooses("Risk now", "Medium");
        await gwen.chooses("Which way has risk gone?", "Up");
        await gwen.fills("What happened", "The carer’s partner has moved back in.");
        await gwen.presses("Save change");
        await gwen.sees("Change in risk noted");
        await gwen.sees(/Management oversight due by/);
        await gwen.sees(/5 working days after the rise in risk/);
        const address = new URL(gwen.page.url()).pathname;

        const priya = await person("priya", { javaScript });
        await priya.opens(address);
        await priya.follows("Add oversight note");
        await priya.fills("What happened or was asked", "Gwen noted that the partner is back.");
        await priya.chooses("Decision to act", "Act");
        await priya.fills("Decision", "Joint visit this week.");
        await priya.fills("Why", "Nobody has seen him with the child.");
        await priya.chooses("Risk now", "Medium");
        await priya.chooses("Direction of risk", "The same");
        await priya.presses("Save note");
        assert.ok(!(await priya.words()).includes("Management oversight due by"), "somebody has looked");
        await priya.sees(/5 working days after the rise in risk/);
      }),
    );

    test(
      "a reminder is put off with a reason, and who looks at the list sees that",
      stage.scene(async ({ person }) => {
        const priya = await person("priya", { javaScript });
        await priya.opens("/reviews");
        await priya.follows(/^Put off the reminder of F-1166/);
        await priya.fills("Why can this wait?", "Court on Thursday");
        await priya.fillsDate("Until", today().plus(60));
        await priya.presses("Put off", { status: 422 });
        await priya.sees(/^Until must be .* or earlier/);
        await priya.fillsDate("Until", today().plus(1));
        await priya.presses("Put off");
        await priya.sees("The reminder is put off");
        await priya.sees(/Put off until .* by Priya Nair: Court on Thursday/);
      }),
    );
  });
}
