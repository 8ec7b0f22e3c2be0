// What a team learns, in counts and never about few; one's own patterns, kept nowhere; and lists as files. With JavaScript and without.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { tidy } from "./support/browser.mjs";
import { setStage } from "./support/stage.mjs";

for (const javaScript of [true, false]) {
  describe(`learning, JavaScript ${javaScript ? "on" : "off"}`, () => {
    const stage = setStage();

    test(
      "a manager sees what became of the questions of her team, and nothing about few people",
      stage.scene(async ({ person }) => {
        const priya = await person("priya", { javaScript });
        await priya.opens("/supervision");
        await priya.follows("What we learn from supervision");
        await priya.reads("What we learn from supervision");
        await priya.sees("Counted for questions and plans since");
        const rows = (await priya.page.locator("main tbody td").allInnerTexts()).map(tidy);
        for (const cell of rows) assert.match(cell, /(^|\s)(0|fewer than 5|5 or more|[5-9]|\d{2,})$/, cell);
        await priya.selects("Time", "Three months");
        await priya.presses("Show");
        assert.match(priya.page.url(), /period=quarter/);
        const marta = await person("marta", { javaScript });
        await marta.opens("/learning");
        await marta.sees("Too few to count");
        await marta.opens("/learning?team=01890a5d-ac96-774b-bcce-b302099a8057", { status: 404 });
      }),
    );

    test(
      "two groups of one’s own cases stand side by side once each has eight, and what was ticked is in no address",
      stage.scene(async ({ person }) => {
        const jo = await person("jo", { javaScript });
        await jo.opens("/reflections/mirror");
        await jo.sees("Not enough cases yet");
        const priya = await person("priya", { javaScript });
        await priya.opens("/cases/import");
        const rows = Array.from({ length: 16 }, (_, number) => `M-${700 + number}\tA family\tChild\tChild protection\t1/11/2026\tRiverside team\tgwen.hartley@example.org`);
        await priya.fills("Or paste rows from a spreadsheet", ["Case reference\tLabel\tWho the case is about\tPlan\tDate allocated\tTeam\tLead practitioner", ...rows].join("\n"));
        await priya.presses("Check the file");
        await priya.presses("Import 16 rows");
        const gwen = await person("gwen", { javaScript });
        await gwen.opens("/reflections");
        await gwen.follows("My patterns");
        await gwen.reads("My patterns");
        await gwen.sees("kept nowhere, and your manager has no page like it");
        const ticks = gwen.page.getByRole("checkbox");
        for (const number of [0, 1, 2]) await ticks.nth(number).check();
        await gwen.presses("Compare");
        await gwen.sees("Too few to compare");
        assert.equal(await ticks.nth(2).isChecked(), true, "what was ticked is still there to add to");
        for (const number of [3, 4, 5, 6, 7]) await ticks.nth(number).check();
        await gwen.presses("Compare");
        await gwen.sees("Your two groups");
        assert.equal(new URL(gwen.page.url()).search, "");
        await gwen.opens("/reflections/mirror");
        assert.equal(await ticks.nth(0).isChecked(), false, "nothing was kept");
      }),
    );

    test(
      "a list is taken as a file: the same rows, by the same filter, and no cell runs as a formula",
      stage.scene(async ({ person }) => {
        const priya = await person("priya", { javaScript });
        await priya.opens("/cases?risk_level=high");
        const shown = await priya.page.locator("main tbody th a").allInnerTexts();
        assert.ok(shown.length > 0);
        const address = await priya.page.getByRole("link", { name: "Download the whole list as CSV" }).getAttribute("href");
        const file = await priya.sends(address);
        assert.equal(file.headers["content-type"], "text/csv; charset=utf-8");
        assert.match(file.headers["content-disposition"], /attachment; filename="cases.csv"/);
        const lines = file.text.replace(/^\uFEFF/, "").trim().split(/\r?\n/);
        assert.match(lines[0], /^Reference,Label,Plan,Risk,/);
        assert.deepEqual(lines.slice(1).map((line) => line.split(",")[0]), shown.map(tidy));
        assert.ok(lines.slice(1).every((line) => line.includes(",High,")));
        assert.ok(lines.every((line) => !/(^|,)[=+@]/.test(line)));
        for (const [page, name] of [["/supervision", "supervision.csv"], ["/actions?whose=team", "actions.csv"]]) {
          await priya.opens(page);
          const link = await priya.page.getByRole("link", { name: "Download the whole list as CSV" }).getAttribute("href");
          const taken = await priya.sends(link);
          assert.match(taken.headers["content-disposition"], new RegExp(name));
          assert.ok(taken.text.split("\n").length > 2, name);
        }
        const dee = await person("dee", { javaScript });
        const none = await dee.sends("/cases/csv");
        assert.ok(!none.text.includes("F-1042"));
      }),
    );
  });
}
