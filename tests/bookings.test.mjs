// Booked sessions: a series is booked, one of it moved, one cancelled and held again, and a calendar program sees when and
// nothing else. Once with JavaScript and once without.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { CAST } from "./support/cast.mjs";
import { inDays, today } from "./support/days.mjs";
import { ask } from "./support/http.mjs";
import { setStage } from "./support/stage.mjs";

for (const javaScript of [true, false]) {
  describe(`bookings, JavaScript ${javaScript ? "on" : "off"}`, () => {
    const stage = setStage();
    const rowsOf = (person) => person.page.locator("main tbody tr");

    test(
      "a series is booked, one is moved, one is cancelled with a reason and booked again, and no clock is moved",
      stage.scene(async ({ person }) => {
        const priya = await person("priya", { javaScript });
        await priya.opens("/people");
        await priya.follows(CAST.gwen.name);
        const due = await priya.page.locator(".fe-cadence tbody tr").first().innerText();
        const gwensPage = new URL(priya.page.url()).pathname;

        await priya.opens("/bookings/new");
        await priya.selects("With whom", CAST.gwen.name);
        await priya.fillsDate("Day", today().plus(-1));
        await priya.fills("Begins at", "half past nine");
        await priya.ticks("Book a series");
        await priya.fills("How many in all", "3");
        await priya.presses("Book", { status: 422 });
        await priya.sees("Enter when it begins, like 9:30 or 14:00");
        await priya.sees(/Day must be today or later/);
        await priya.fillsDate("Day", inDays(10));
        await priya.fills("Begins at", "9:30");
        await priya.presses("Book");
        await priya.sees("Booked");
        const gwens = () => rowsOf(priya).filter({ hasText: CAST.gwen.name });
        assert.equal(await gwens().count(), 3);

        await priya.goes(() => gwens().first().getByRole("link", { name: /^Move/ }).click());
        await priya.fills("Begins at", "14:00");
        await priya.presses("Move");
        await priya.sees("The session is moved");
        assert.match(await gwens().first().innerText(), /14:00/);

        await priya.goes(() => gwens().nth(1).getByRole("link", { name: /^Cancel/ }).click());
        await priya.presses("Cancel the session", { status: 422 });
        await priya.sees("Choose why it is cancelled");
        await priya.chooses("Why is it cancelled?", "Court");
        await priya.fillsDate("When is it held instead?", inDays(41));
        await priya.presses("Cancel the session");
        await priya.sees("The session is cancelled");
        assert.equal(await gwens().count(), 4, "the cancelled one is still seen, and the new one");
        assert.equal(await rowsOf(priya).filter({ hasText: "Cancelled" }).filter({ hasText: "Court" }).count(), 1);

        await priya.opens(gwensPage);
        assert.equal(await priya.page.locator(".fe-cadence tbody tr").first().innerText(), due, "when she is due is as it was");
      }),
    );

    test(
      "booking_3_11_held_and_to_be_written_up, or not held and nobody knows why",
      stage.scene(async ({ person }) => {
        const priya = await person("priya", { javaScript });
        const books = async (at) => {
          await priya.opens("/bookings/new");
          await priya.selects("With whom", CAST.nia.name);
          await priya.fillsDate("Day", today());
          await priya.fills("Begins at", at);
          await priya.presses("Book");
        };
        const row = (at) => rowsOf(priya).filter({ hasText: CAST.nia.name }).filter({ hasText: `${at},` });
        const overdue = priya.page.locator("section", { has: priya.page.getByRole("heading", { name: "People you supervise" }) });
        assert.match(await overdue.innerText(), new RegExp(`${CAST.nia.name}\\s+Overdue by \\d+ days\\s+Line supervision`), "it stands on Priya’s week");
        await books("8:10");
        await books("8:20");
        await priya.goes(() => row("8:10").getByRole("button", { name: /^It was held/ }).click());
        await priya.sees("The session was held. Its record is still to be written");
        assert.match(await row("8:10").innerText(), /Held, not written up/);
        // It was the other one: what was said wrongly is put right.
        await priya.goes(() => row("8:10").getByRole("link", { name: /^It was not held/ }).click());
        await priya.presses("Save", { status: 422 });
        await priya.sees("Choose why it was not held, or that no reason is known");
        await priya.chooses("Why was it not held?", "No reason is known");
        await priya.fillsDate("When is it held instead?", inDays(3));
        await priya.presses("Save");
        assert.match(await row("8:10").first().innerText(), /Not held[\s\S]*No reason is known/);
        assert.equal(await row("8:10").count(), 2, "and the one that is held instead");
        await priya.goes(() => row("8:10").first().getByRole("link", { name: /^Say why/ }).click());
        await priya.chooses("Why was it not held?", "Court");
        await priya.presses("Save");
        assert.match(await row("8:10").first().innerText(), /Not held[\s\S]*Court/);
        // And the other one was held.
        await priya.goes(() => row("8:20").getByRole("button", { name: /^It was held/ }).click());
        const hasCome = new Date().toLocaleTimeString("en-GB", { timeZone: "Europe/London" }) >= "08:20";
        await priya.goes(() => row("8:20").getByRole("link", { name: /^Write up/ }).click());
        await priya.reads(`Log supervision with ${CAST.nia.name}`);
        // What the booking says is not asked for again; a time that is still to come is left out.
        await priya.still({ minutes: "90", began_at: hasCome ? "8:20" : "" });
        assert.ok(await priya.within("How did you meet?").field("In person").isChecked());
        assert.ok(await priya.within("What was it for?").field("Personal and case supervision").isChecked());
        await priya.fills("Began at, if you know", "ten to eight");
        await priya.presses("Save supervision", { status: 422 });
        await priya.sees("Enter when it began, like 9:30 or 14:00");
        await priya.still({ began_at: "ten to eight" });
        await priya.fills("Began at, if you know", "0.00");
        // A draft about another day is not taken for the session that was booked.
        await priya.fillsDate("Date held", today().plus(-1));
        await priya.presses("Save draft");
        await priya.sees("Draft saved");
        await priya.opens("/bookings");
        await priya.goes(() => row("8:20").getByRole("link", { name: /^Write up/ }).click());
        await priya.sees(`What you wrote here is about ${today().plus(-1).words}, and the booked session is that of ${today().words}`);
        await priya.fillsDate("Date held", today());
        await priya.chooses("What was it for?", "Personal supervision");
        await priya.fills("Workload", "Even.");
        await priya.presses("Save supervision");
        await priya.sees("90, from 12am to 1:30am");
        await priya.opens("/bookings");
        assert.equal(await row("8:20").getByRole("link", { name: /^The session/ }).count(), 1, "its record is there");
        assert.equal(await row("8:20").getByRole("button", { name: /^It was held/ }).count(), 0);
        await priya.opens("/");
        assert.ok(!(await overdue.innerText()).includes(CAST.nia.name), "they have met");
      }),
    );

    test(
      "a calendar program sees when there is supervision, and nothing else, until the link is ended",
      stage.scene(async ({ person }) => {
        const tom = await person("tom", { javaScript });
        await tom.opens("/account/calendar");
        await tom.presses("Make a link");
        const link = /http:\S+\.ics/.exec(await tom.words())[0];
        const answer = await ask(link);
        assert.equal(answer.status, 200);
        assert.equal(answer.text.match(/BEGIN:VEVENT/g).length, 3);
        assert.deepEqual([...new Set(answer.text.match(/SUMMARY:.*/g).map((line) => line.trim()))], ["SUMMARY:Supervision"]);
        for (const { name } of Object.values(CAST)) assert.ok(!answer.text.includes(name.split(" ")[0]), name);
        await tom.opens("/account/calendar");
        assert.ok(!(await tom.words()).includes(link), "it is shown once");
        await tom.presses("End the link");
        assert.equal((await ask(link)).status, 404);
      }),
    );
  });
}
