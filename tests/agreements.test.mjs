// A supervision agreement: begun from the policy, signed by both, in place. With JavaScript and without.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { CAST } from "./support/cast.mjs";
import { inDays, today } from "./support/days.mjs";
import { setStage } from "./support/stage.mjs";

for (const javaScript of [true, false]) {
  describe(`agreements, JavaScript ${javaScript ? "on" : "off"}`, () => {
    const stage = setStage();

    test(
      "the supervisor writes one, both sign, and it is in place until its review",
      stage.scene(async ({ person }) => {
        const priya = await person("priya", { javaScript });
        await priya.follows("Supervision");
        await priya.follows("Agreements");
        const row = () => priya.page.locator("main tbody tr", { hasText: CAST.luca.name });
        assert.match(await row().innerText(), /No agreement in place/);
        await priya.follows(`Write a new one with ${CAST.luca.name}`);
        await priya.reads(`Agreement with ${CAST.luca.name}`);
        assert.match(await priya.valueOf("rhythm"), /^At least every 28 days/);
        await priya.fills("Identity, difference and power", "We can speak of faith here; Luca would rather begin.");
        await priya.fills("If we disagree", "");
        await priya.presses("Save agreement", { status: 422 });
        await priya.sees("The first agreement of two people is looked at again after 3 months by the policy. Choose another day if you like");
        await priya.sees("Write what you agree on “If we disagree”");
        await priya.still({ difference: "We can speak of faith here; Luca would rather begin." });
        await priya.fills("If we disagree", "We ask Ros.");
        await priya.fillsDate("Looked at again on", inDays(180));
        await priya.presses("Save agreement");
        await priya.sees("Agreement saved. It holds once both have signed");
        await priya.fills("Type your name to sign", CAST.priya.name);
        await priya.presses("Sign");
        const page = new URL(priya.page.url()).pathname;

        const luca = await person("luca", { javaScript });
        await luca.opens("/agreements");
        await luca.sees("One signature");
        await luca.opens(page);
        await luca.sees("We ask Ros.");
        await luca.fills("Type your name to sign", CAST.luca.name);
        await luca.presses("Sign");
        await luca.sees("Signed by both");
        await luca.opens("/agreements");
        await luca.sees("In place");

        await priya.opens("/agreements");
        assert.match(await row().innerText(), new RegExp(`In place[\\s\\S]*${inDays(180).words}`));
        await priya.opens(`${page}/edit`);
        await priya.presses("Save agreement", { status: 422 });
        await priya.sees(/Both have signed this, so it stays as it is/);

        await priya.opens("/agreements");
        await priya.follows(`Write a new one with ${CAST.luca.name}`);
        await priya.sees(`Begins with what you both signed on ${today().words}. Change what has changed since.`);
        await priya.sees("A later agreement is looked at again after 12 months by the policy. Choose another day if you like");
        assert.equal(await priya.valueOf("difference"), "We can speak of faith here; Luca would rather begin.");
        assert.equal(await priya.valueOf("disagreement"), "We ask Ros.");
        await priya.fills("If we disagree", "We ask Helen.");
        await priya.presses("Save agreement");
        const newer = new URL(priya.page.url()).pathname;
        await priya.opens(page);
        await priya.sees("A newer one is written. It takes the place of this one once both have signed it.");
        await priya.opens(newer);
        await priya.fills("Type your name to sign", CAST.priya.name);
        await priya.presses("Sign");
        await luca.opens(newer);
        await luca.follows("Sign with a comment");
        await luca.fills("What do you see otherwise?", "Helen is new here.");
        await luca.fills("Type your name to sign", CAST.luca.name);
        await luca.presses("Sign");
        // The supervisor's manager replies, once; nobody else is asked to.
        assert.equal(await luca.page.getByRole("link", { name: "Reply to the comment" }).count(), 0);
        const ros = await person("ros", { javaScript });
        await ros.opens(newer);
        await ros.follows("Reply to the comment");
        await ros.sees("Helen is new here.");
        await ros.presses("Save reply", { status: 422 });
        await ros.sees("Write what you say to it, and what follows");
        await ros.fills("What do you say to it, and what follows?", "Then it is Ros, until Helen knows you both.");
        await ros.presses("Save reply");
        await ros.sees("Your reply stands on the record");
        assert.equal(await ros.page.getByRole("link", { name: "Reply to the comment" }).count(), 0);
        await luca.opens(newer);
        await luca.sees("Then it is Ros, until Helen knows you both.");
        await luca.opens("/agreements");
        await luca.follows(`Earlier ones with ${CAST.priya.name}`);
        await luca.sees("We ask Helen.");
        await luca.follows(`Agreement of ${today().words}`);
        await luca.sees("We ask Ros.");
        await luca.sees(`A newer one has taken its place on ${today().words}.`);
        await luca.follows("Read the newest one");
        await luca.sees("We ask Helen.");
      }),
    );
  });
}
