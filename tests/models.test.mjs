// Ways to reflect: four boxes in a square, and an organisation that switches off what it does not use. With JavaScript and without.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { axe } from "./support/axe.mjs";
import { tidy } from "./support/browser.mjs";
import { CAST } from "./support/cast.mjs";
import { setStage } from "./support/stage.mjs";

const SQUARE = ["Known", "Unclear", "Assumed", "Missing"];

for (const javaScript of [true, false]) {
  describe(`ways to reflect, JavaScript ${javaScript ? "on" : "off"}`, () => {
    const stage = setStage();

    // Where each box of the square stands.
    const places = async (page, of) => Promise.all(SQUARE.map((title) => of(page, title).boundingBox()));
    const box = (page, title) => page.getByLabel(title, { exact: true });
    const heading = (page, title) => page.getByRole("heading", { name: title, exact: true });

    const standsInASquare = async (page, of) => {
      await page.setViewportSize({ width: 1000, height: 900 });
      const [known, unclear, assumed, missing] = await places(page, of);
      const near = (one, other) => Math.abs(one - other) < 2;
      assert.ok(near(known.y, unclear.y) && near(assumed.y, missing.y), "two in a row");
      assert.ok(near(known.x, assumed.x) && near(unclear.x, missing.x), "two columns");
      assert.ok(unclear.x > known.x + 200 && assumed.y > known.y + 20, "beside and below each other");
      await page.setViewportSize({ width: 320, height: 900 });
      const column = await places(page, of);
      assert.ok(column.every((place) => near(place.x, column[0].x)), "one column on a phone");
      for (const number of [1, 2, 3]) assert.ok(column[number].y > column[number - 1].y, "in the order in which they are read");
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= 320), "nothing sticks out");
    };

    test(
      "the four boxes stand in a square, in the order in which they are read",
      stage.scene(async ({ person }) => {
        const gwen = await person("gwen", { javaScript });
        await gwen.opens("/reflections/new?model=discrepancy");
        if (javaScript) await gwen.settles();
        const labels = (await gwen.page.locator(".fe-square label").allInnerTexts()).map(tidy);
        assert.deepEqual(labels, SQUARE);
        await standsInASquare(gwen.page, box);
        await gwen.page.setViewportSize({ width: 1000, height: 900 });
        if (javaScript) assert.deepEqual(await axe(gwen.page), []);
        await gwen.fills("Title", "What do I know?");
        await gwen.fills("Known", "The school saw the bruise on Monday.");
        await gwen.fills("Assumed", "That he has moved out.");
        await gwen.presses("Save reflection");
        await gwen.sees("Reflection saved");
        assert.deepEqual((await gwen.page.locator(".fe-square h2").allInnerTexts()).map(tidy), SQUARE);
        assert.equal(await gwen.page.getByText("Nothing written").count(), 2, "an empty box is part of the picture");
        await standsInASquare(gwen.page, heading);
        await gwen.opens("/reflections/new?model=safety");
        await gwen.fills("Danger statement", "The social worker and Gran worry that she is hurt again.");
        await gwen.fills("Safety goal", "Three months of Sundays at Gran’s without a quarrel.");
        await gwen.fills("Title", "A danger and a goal");
        await gwen.presses("Save reflection");
        const read = (await gwen.page.locator("main h2").allInnerTexts()).map(tidy);
        assert.deepEqual(read.slice(0, read.indexOf("Questions")).slice(-2), ["Danger statement", "Safety goal"]);
      }),
    );

    test(
      "an organisation switches one off: it is offered no longer, and what was written in it is read and changed",
      stage.scene(async ({ person }) => {
        const gwen = await person("gwen", { javaScript });
        await gwen.opens("/reflections/new?model=weather");
        await gwen.fills("Title", "The week as weather");
        await gwen.fills("Fog", "Who decides about Friday.");
        await gwen.presses("Save reflection");
        const piece = new URL(gwen.page.url()).pathname;

        const helen = await person("helen", { javaScript });
        await helen.opens("/settings");
        await helen.follows("Ways to reflect");
        await helen.follows("Change the ways to reflect");
        await helen.page.getByLabel("Weather", { exact: true }).uncheck();
        await helen.page.getByLabel("What? So what? Now what?", { exact: true }).uncheck();
        await helen.selects("Approved by", CAST.ros.name);
        await helen.presses("Save as a new version", { status: 422 });
        await helen.sees("Leave “What? So what? Now what?” ticked: a new reflection begins with it");
        await helen.sees("Enter the reason for the change");
        assert.equal(await helen.page.getByLabel("Weather", { exact: true }).isChecked(), false, "what was unticked stays so");
        await helen.page.getByLabel("What? So what? Now what?", { exact: true }).check();
        await helen.fills("Reason", "Nobody uses it here");
        await helen.presses("Save as a new version");
        await helen.sees("The ways to reflect are saved as a new version");
        await helen.sees(/Version 2, from .*: Nobody uses it here/);
        assert.match(tidy(await helen.page.locator("main tbody tr", { hasText: "Weather" }).innerText()), /Switched off/);
        await helen.follows("Change the ways to reflect");
        await helen.selects("Approved by", CAST.ros.name);
        await helen.fills("Reason", "The same once more");
        await helen.presses("Save as a new version", { status: 422 });
        await helen.sees("Nothing is changed: the same ways are in use");

        const offered = async (page) => (await page.getByLabel("Way to reflect").locator("option").allInnerTexts()).map(tidy);
        await gwen.opens("/reflections/new?model=weather");
        assert.equal(await gwen.page.getByLabel("Fog", { exact: true }).count(), 0, "the address does not bring it back");
        assert.ok(!(await offered(gwen.page)).some((words) => words.startsWith("Weather")), "nor the list");
        await gwen.opens(piece);
        await gwen.sees("Who decides about Friday.");
        await gwen.sees("Written as: Weather");
        await gwen.opens(`${piece}/edit`);
        assert.ok((await offered(gwen.page)).some((words) => words.startsWith("Weather")), "its own way is still among them");
        await gwen.fills("Fog", "Who decides about Saturday.");
        await gwen.presses("Save reflection");
        await gwen.sees("Who decides about Saturday.");
        await gwen.sees("Written as: Weather");
      }),
    );
  });
}
