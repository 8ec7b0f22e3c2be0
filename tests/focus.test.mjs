// Where somebody finds themselves after each press in a long form: at what is new, at what is wrong, and never lost.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { CAST, PASSWORD } from "./support/cast.mjs";
import { today } from "./support/days.mjs";
import { Caller, hiddenFields, linksOf, mainTextOf } from "./support/http.mjs";
import { setStage } from "./support/stage.mjs";

// The focus is on this (an id, a class, or what a legend says), and all of it is to be seen.
async function assertFocus({ page }, on) {
  const focus = () => {
    const { id, className, localName, innerText } = document.activeElement;
    const { top, bottom } = document.activeElement.getBoundingClientRect();
    return { on: localName === "legend" ? innerText : id || className, isSeen: top >= 0 && bottom <= innerHeight };
  };
  // The browser puts it there once it has drawn the page.
  let found;
  for (const patience = Date.now() + 5000; Date.now() < patience; await page.waitForTimeout(50)) {
    found = await page.evaluate(focus);
    if (found.on.includes(on) && found.isSeen) return;
  }
  assert.fail(`the focus is not on ${on}: ${JSON.stringify(found)}`);
}

for (const javaScript of [true, false]) {
  describe(`the focus ${javaScript ? "with" : "without"} JavaScript`, () => {
    const stage = setStage();

    test(
      "is on the case or the action that was added, and beside what was taken away",
      stage.scene(async ({ person }) => {
        const priya = await person("priya", { javaScript });
        await priya.opens("/cases");
        await priya.follows("F-0930");
        await priya.follows("Log supervision");
        await priya.selects("Add a case", /^F-1042/);
        await priya.presses("Add this case");
        await assertFocus(priya, "F-1042");
        await priya.within(/^F-1042/).presses(/^Add another action/);
        await assertFocus(priya, "entry.1.action.1.what");
        await priya.presses(/^Remove this case\s+F-1042/);
        await assertFocus(priya, "add_case");
      }),
    );

    test(
      "is on the list of errors each time, also after one of them was followed",
      stage.scene(async ({ person }) => {
        const priya = await person("priya", { javaScript });
        await priya.opens("/cases");
        await priya.follows("F-0930");
        await priya.follows("Log supervision");
        await priya.presses("Save supervision", { status: 422 });
        await assertFocus(priya, "govuk-error-summary");
        await priya.page.locator(".govuk-error-summary a").last().click();
        assert.match(priya.page.url(), /#/);
        await priya.presses("Save supervision", { status: 422 });
        await assertFocus(priya, "govuk-error-summary");
      }),
    );

    test(
      "is on the questions when others were asked for, and in the first box of another way to reflect",
      stage.scene(async ({ person }) => {
        const gwen = await person("gwen", { javaScript });
        await gwen.opens("/reflections/new");
        await gwen.selects("What is it about?", /^F-1042/);
        await gwen.presses("Ask me about this");
        await assertFocus(gwen, "prompt.0.text");
        await gwen.selects("Way to reflect", /^Gibbs/);
        await gwen.presses("Use this way");
        await assertFocus(gwen, "step.description");
      }),
    );
  });
}

describe("a form that was saved and is sent again from an earlier page", () => {
  const stage = setStage();

  test(
    "says when it was saved and where it led",
    stage.scene(async ({ server }) => {
      const priya = await new Caller(server.baseUrl).signsIn(CAST.priya.email, PASSWORD);
      const link = await priya.finds(await priya.finds("/cases", (words) => words === "F-0930"), (words) => words === "Log supervision");
      const page = await priya.gets(link);
      const { day, month, year } = today();
      const form = link.split("#")[0];
      const fields = [
        ...hiddenFields(page.text, form).filter(([name]) => !/review/.test(name)),
        ["kind", "case"], ["mode", "phone"], ["minutes", "45"],
        ["held_on.day", day], ["held_on.month", month], ["held_on.year", year],
        ["entry.0.decision", "A visit tomorrow."], ["entry.0.rationale", "Nobody has been."],
        ["do", "save"],
      ];
      const looked = await priya.posts(form, fields);
      assert.match(mainTextOf(looked.text), /Worth a second look/);
      assert.doesNotMatch(mainTextOf(looked.text), /You saved this form/);
      const seen = hiddenFields(looked.text, form).find(([name]) => name === "seen_gaps");
      const saved = await priya.posts(form, [...fields.filter(([name]) => name !== "seen_gaps"), seen]);
      assert.equal(saved.status, 303, mainTextOf(saved.text));
      const again = await priya.posts(form, fields);
      assert.match(mainTextOf(again.text), /You saved this form on .*See what was saved/);
      assert.ok(linksOf(again.text).some(({ to }) => to === saved.location.split("?")[0]));
    }),
  );
});
