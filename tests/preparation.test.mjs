// Before a session: both put things on the agenda, one of them prepares, and the pack leads to what there is to talk about.
// With JavaScript and without, as two people.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { CAST } from "./support/cast.mjs";
import { setStage } from "./support/stage.mjs";

const STUCK = "I do not know how to ask about the man at the door.";

for (const javaScript of [true, false]) {
  describe(`preparation, JavaScript ${javaScript ? "on" : "off"}`, () => {
    const stage = setStage();

    const opensPack = async (somebody, other) => {
      await somebody.opens("/supervision");
      await somebody.follows("Prepare");
      await somebody.follows(other);
    };

    test(
      "the practitioner prepares alone first, then shares it, and both add to the agenda",
      stage.scene(async ({ person }) => {
        const gwen = await person("gwen", { javaScript });
        await opensPack(gwen, CAST.priya.name);
        await gwen.reads(`Before the session Supervision with ${CAST.priya.name}`);
        await gwen.presses("Put on the agenda", { status: 422 });
        await gwen.sees("Write what you want to talk about");
        await gwen.fills("What do you want to talk about?", "The long drive on Tuesdays");
        await gwen.presses("Put on the agenda");
        await gwen.sees("It is on the agenda");
        await gwen.follows("Prepare");
        await gwen.reads(`Prepare for ${CAST.priya.name}`);
        // What is due, has changed or gone quiet is at hand, and in nobody's way.
        const toBring = gwen.page.locator("details", { hasText: /What there is to bring: \d+ case/ });
        assert.ok(!(await toBring.getByText("F-1042").first().isVisible()));
        await toBring.locator("summary").click();
        assert.ok(await toBring.getByText("F-1042").first().isVisible());
        await gwen.fills("Where are you stuck?", STUCK);
        await gwen.chooses("How are you?", "2");
        await gwen.presses("Save", { status: 422 });
        await gwen.sees("Choose whether to share it");
        await gwen.still({ stuck_on: STUCK });
        await gwen.chooses("Who reads it?", "Keep it for myself for now");
        await gwen.presses("Save");
        await gwen.sees("What you prepared is saved");
        await gwen.sees(STUCK);

        const priya = await person("priya", { javaScript });
        await opensPack(priya, CAST.gwen.name);
        await priya.findsNoTraceOf(STUCK);
        await priya.sees("Nothing is shared with you yet.");
        await priya.sees("The long drive on Tuesdays");
        await priya.fills("What do you want to talk about?", "Duty on Thursdays");
        await priya.presses("Put on the agenda");
        await priya.sees("Duty on Thursdays");

        await gwen.follows("Change what you prepared");
        await gwen.chooses("Who reads it?", "Share it with my supervisor");
        await gwen.presses("Save");
        await opensPack(priya, CAST.gwen.name);
        await priya.sees(STUCK);
        await priya.sees("2 of 5");
      }),
    );

    test(
      "every line of the pack leads to a page that opens, and it prints without its buttons",
      stage.scene(async ({ person }) => {
        for (const [who, other] of [["priya", "gwen"], ["gwen", "priya"], ["owen", "tom"], ["tom", "owen"]]) {
          const somebody = await person(who, { javaScript });
          await opensPack(somebody, CAST[other].name);
          const paths = await somebody.page.locator("main a[href^='/']").evaluateAll((links) => links.map((link) => link.getAttribute("href")));
          assert.ok(paths.length > 3, paths.join(" "));
          for (const path of new Set(paths)) {
            const answer = await somebody.sends(path);
            assert.equal(answer.status, 200, `${who}: ${path}`);
          }
          await somebody.page.emulateMedia({ media: "print" });
          assert.ok(!(await somebody.page.getByRole("button", { name: "Put on the agenda" }).isVisible()));
          assert.ok(await somebody.page.locator(".fe-print-line").isVisible(), "each sheet says whose it is");
          await somebody.page.emulateMedia({ media: "screen" });
        }
      }),
    );

    test(
      "the session opens with the agenda; what is kept for next time waits there",
      stage.scene(async ({ person }) => {
        const priya = await person("priya", { javaScript });
        await opensPack(priya, CAST.gwen.name);
        await priya.follows("Begin the session");
        await priya.sees("The long drive on Tuesdays");
        await priya.ticks("Keep for next time: Duty on Thursdays");
        await priya.chooses("How did you meet?", "Phone");
        await priya.chooses("What was it for?", "Personal supervision");
        await priya.fills("Workload", "Eighteen cases.");
        await priya.savesSupervision();
        await priya.sees("Supervision saved");
        await opensPack(priya, CAST.gwen.name);
        await priya.sees("Duty on Thursdays");
        await priya.findsNoTraceOf("The long drive on Tuesdays", STUCK);
        await priya.presses(/^Take off/);
        await priya.sees("It is off the agenda");
        await priya.findsNoTraceOf("Duty on Thursdays");
      }),
    );

    test(
      "nobody else finds agenda or preparation",
      stage.scene(async ({ person }) => {
        const gwen = await person("gwen", { javaScript });
        await opensPack(gwen, CAST.priya.name);
        const path = gwen.path;
        for (const who of ["ros", "helen", "tom", "admin", "hanif", "dee"]) {
          const other = await person(who, { javaScript });
          await other.opens(path, { status: 404 });
          await other.opens(`${path}/form`, { status: 404 });
        }
        const priya = await person("priya", { javaScript });
        await priya.opens(`${path}/form`, { status: 404 });
      }),
    );
  });
}
