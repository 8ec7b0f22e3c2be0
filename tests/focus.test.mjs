// Where somebody finds themselves after each press in a long form: at what is new, at what is wrong, and never lost.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { CAST, PASSWORD } from "./support/cast.mjs";
import { today } from "./support/days.mjs";
import { Caller, hiddenFields, linksOf, mainTextOf } from "./support/http.mjs";
import { setStage } from "./support/stage.mjs";

// Of what has the focus its id, or its class; and whether it is to be seen.
const focus = ({ page }) =>
  page.evaluate(() => {
    const { id, className } = document.activeElement;
    const { top, bottom } = document.activeElement.getBoundingClientRect();
    return { on: id || className, isSeen: bottom > 0 && top < innerHeight };
  });

async function assertFocus(person, on) {
  // The browser puts the focus there once it has drawn the page.
  await person.page.waitForFunction((on) => (document.activeElement.id || document.activeElement.className).includes(on), on).catch(() => {});
  const found = await focus(person);
  assert.ok(found.on.includes(on) && found.isSeen, `the focus is not on ${on}: ${JSON.stringify(found)}`);
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
        await assertFocus(priya, "entry.1.case");
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
      const cases = await priya.gets("/cases");
      const [address] = linksOf(cases.text).filter((link) => /^\/cases\/[0-9a-f-]{36}$/.test(link));
      const link = linksOf((await priya.gets(address)).text).find((link) => link.startsWith("/supervision/new?"));
      const page = await priya.gets(link);
      const { day, month, year } = today();
      const form = `/supervision/new?${new URL(link, server.baseUrl).searchParams}`;
      const fields = [
        ...hiddenFields(page.text).filter(([name]) => !/review/.test(name)),
        ["kind", "case"], ["mode", "phone"], ["minutes", "45"],
        ["held_on.day", day], ["held_on.month", month], ["held_on.year", year],
        ["entry.0.decision", "A visit tomorrow."], ["entry.0.rationale", "Nobody has been."],
        ["do", "save"],
      ];
      const looked = await priya.posts(form, fields);
      assert.match(mainTextOf(looked.text), /Worth a second look/);
      assert.doesNotMatch(mainTextOf(looked.text), /You saved this form/);
      const seen = hiddenFields(looked.text).find(([name]) => name === "seen_gaps");
      const saved = await priya.posts(form, [...fields.filter(([name]) => name !== "seen_gaps"), seen]);
      assert.equal(saved.status, 303, mainTextOf(saved.text));
      const again = await priya.posts(form, fields);
      assert.match(mainTextOf(again.text), /You saved this form on .*See what was saved/);
      assert.ok(linksOf(again.text).includes(saved.location.split("?")[0]));
    }),
  );
});
