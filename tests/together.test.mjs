// Several cases of the list of reviews at once, and the steps of the ladder in a form. Once with JavaScript and once without.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { CAST } from "./support/cast.mjs";
import { inDays, workingMorning } from "./support/days.mjs";
import { checkPageWithScripts } from "./support/page-faults.mjs";
import { setStage } from "./support/stage.mjs";

for (const javaScript of [true, false]) {
  describe(`several at once, JavaScript ${javaScript ? "on" : "off"}`, () => {
    const stage = setStage();

    test(
      "cases of two people are ticked, booked in one go, and the list and the practitioner know it",
      stage.scene(async ({ person }) => {
        const priya = await person("priya", { javaScript });
        await priya.opens("/reviews");
        await checkPageWithScripts(priya);
        await priya.presses("Book sessions");
        await priya.sees("No case is chosen");
        await priya.follows("Back to reviews");
        for (const reference of ["F-1190", "F-1203", "F-1211"]) await priya.ticks(`Choose ${reference}`);
        await priya.presses("Book sessions");
        await priya.reads("Book sessions");
        await priya.sees("F-1211: nobody leads it yet");
        await checkPageWithScripts(priya);
        const luca = priya.within(`With ${CAST.luca.name}`);
        await luca.fillsDate("Day", inDays(-1));
        await priya.presses("Book", { status: 422 });
        await priya.sees(/Day must be today or later/);
        await luca.fillsDate("Day", inDays(4));
        await luca.fills("Begins at", "9.15");
        await priya.presses("Book");
        await priya.sees("Booked");
        await priya.opens("/reviews");
        const row = priya.page.locator("main tbody tr", { hasText: "F-1190" });
        assert.match(await row.innerText(), new RegExp(`Booked[\\s\\S]*${inDays(4).words}`));
        const he = await person("luca", { javaScript });
        await he.opens("/bookings");
        const booked = he.page.locator("main tbody tr", { hasText: "F-1190" });
        assert.match(await booked.innerText(), /9:15, 60 minutes/);
      }),
    );

    test(
      "one note of oversight is written on each of two cases, and what was typed survives a mistake",
      stage.scene(async ({ person }) => {
        const priya = await person("priya", { javaScript });
        await priya.opens("/reviews");
        for (const reference of ["F-1121", "P-311"]) await priya.ticks(`Choose ${reference}`);
        await priya.presses("Add an oversight note");
        await priya.reads("Oversight of several cases");
        await checkPageWithScripts(priya);
        await priya.fills("What happened or was asked", "The quarterly look at what waits.");
        await priya.chooses("Decision to act", "Act");
        await priya.fills("Decision", "Both are discussed this week.");
        await priya.presses("Save a note on each", { status: 422 });
        await priya.sees("Write why this was decided");
        await priya.still({ what_happened: "The quarterly look at what waits.", decision: "Both are discussed this week." });
        await priya.fills("Why", "They wait longest.");
        for (const reference of [/^F-1121/, /^P-311/]) await priya.within(reference).chooses("Direction of risk", "The same");
        await priya.presses("Save a note on each");
        await priya.sees("A note is saved on each case");
        for (const reference of ["F-1121", "P-311"]) {
          await priya.opens("/cases");
          await priya.follows(reference);
          await priya.sees("Both are discussed this week.");
        }
      }),
    );

    test(
      "the steps of one concern are changed in a form; a step that tells nobody is refused at its place",
      stage.scene(async ({ person }) => {
        const helen = await person("helen", { javaScript });
        await helen.opens("/settings/ladder");
        await helen.follows(/Change these steps.*Agreed action past its day/);
        const fourth = helen.within("Step 4");
        await fourth.fills("How many days after the due day", "20");
        await helen.selects("Approved by", CAST.ros.name);
        await helen.fills("Reason", "So that it does not end there");
        await helen.presses("Save as a new version", { status: 422 });
        await helen.sees("Choose who is told");
        assert.equal(await fourth.field("How many days after the due day").inputValue(), "20");
        await fourth.field("Head of service").check();
        await helen.presses("Save as a new version");
        await helen.sees("The ladder is saved as a new version");
        await helen.sees("20 working days after");
        await helen.sees(/In force today: version 2/);
      }),
    );

    test(
      "cover is arranged until a day, and mail is looked at by what has become of it",
      stage.scene(async ({ person, server }) => {
        const admin = await person("admin", { javaScript });
        await admin.opens("/people");
        await admin.follows(CAST.gwen.name);
        await admin.follows(/^Add a supervisor/);
        await admin.selects("Supervisor", CAST.marta.name);
        await admin.chooses("In what?", /cover/i);
        await admin.fillsDate("Last day, if it is known", inDays(-1));
        await admin.presses("Save supervisor", { status: 422 });
        await admin.sees("Last day must not be before the first");
        await admin.fillsDate("Last day, if it is known", inDays(14));
        await admin.presses("Save supervisor");
        await admin.sees(inDays(14).words);
        await server.run(["remind", "--at", workingMorning()]);
        await admin.opens("/mail");
        await checkPageWithScripts(admin);
        await admin.follows(/^0 Sent/);
        await admin.sees("No mail here");
        await admin.follows(/Waiting$/);
        assert.ok((await admin.page.locator("main tbody tr").count()) > 0);
      }),
    );
  });
}
