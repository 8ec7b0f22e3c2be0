// What a team learns, in counts and never about few; one's own patterns, kept nowhere; and lists as files. With JavaScript and without.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { axe } from "./support/axe.mjs";
import { tidy } from "./support/browser.mjs";
import { CAST, PASSWORD } from "./support/cast.mjs";
import { Day, daysAgo } from "./support/days.mjs";
import { Caller, hiddenFields } from "./support/http.mjs";
import { setStage } from "./support/stage.mjs";

// The boxes of a date, as they are posted.
const dateFields = (name, day) => [[`${name}.day`, day.day], [`${name}.month`, day.month], [`${name}.year`, day.year]];

// The fifteenth of the newest month that is counted (one that ended two weeks ago or more), and of the month so many before it.
function inCountedMonth(before = 0) {
  const signed = new Date(daysAgo(14).utc);
  return new Day(Date.UTC(signed.getUTCFullYear(), signed.getUTCMonth() - 1 - before, 15));
}

// Five people supervise Gwen about a case of hers, write this and sign it, and so does she: through the forms, without a browser.
async function fiveWrite(server, { on, words }) {
  const caller = (who) => new Caller(server.baseUrl).signsIn(CAST[who].email, PASSWORD);
  const [admin, gwen] = await Promise.all([caller("admin"), caller("gwen")]);
  const idIn = (address) => /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(address)[0];
  const person = idIn(await admin.finds("/people", (name) => name === CAST.gwen.name));
  const theCase = idIn(await gwen.finds("/cases", (reference) => reference.includes("F-1042")));
  for (const who of ["priya", "ros", "helen", "marta", "bev"]) {
    if (who !== "priya") {
      const path = `/people/${person}/supervisors`;
      const page = await admin.gets(path);
      const supervisor = idIn(new RegExp(`value="?([-0-9a-f]{36})"?[^>]*>(?:<!--[^>]*-->)?${CAST[who].name}`).exec(page.text)[0]);
      // Whoever supervises her already since the first time is told so.
      await admin.posts(path, [...hiddenFields(page.text, path), ["supervisor", supervisor], ["kind", "case"], ...dateFields("from", daysAgo(2))]);
    }
    const writer = await caller(who);
    const path = `/supervision/new?supervisee=${person}&case=${theCase}`;
    const form = await writer.gets(path);
    const fields = [
      ["kind", "case"], ["mode", "video"], ["minutes", "60"], ...dateFields("held_on", on), ["signature", CAST[who].name],
      ...Object.entries({
        child_seen: "not_applicable", what_happened: words, risk_level: "medium", risk_direction: "down", proposal: "stay",
        decision: "Carry on with the plan as it stands.", rationale: "Nothing has come in that would change what we know. ".repeat(4), no_action_because: "All that was agreed is being done.",
      }).map(([name, value]) => [`entry.0.${name}`, value]),
    ];
    const own = new Set(fields.map(([name]) => name));
    const hidden = hiddenFields(form.text, path).filter(([name]) => !own.has(name) && !name.startsWith("entry.0.review.") && !name.startsWith("entry.0.prompt."));
    const saved = await writer.posts(path, [...hidden, ...fields]);
    assert.equal(saved.status, 303, `${who}: ${saved.text.slice(0, 20_000).match(/error-message[^]*?<\/p>/g)}`);
    const session = saved.location.split("?")[0];
    const page = await gwen.gets(`${session}/sign`);
    const signed = await gwen.posts(`${session}/sign`, [...hiddenFields(page.text, `${session}/sign`), ["signature", CAST.gwen.name]]);
    assert.equal(signed.status, 303, `Gwen signs what ${who} wrote`);
  }
}

describe("how the language of signed records changes", () => {
  const stage = setStage();

  test(
    "lens_6: what five people wrote is told month by month and by theme, wide and on a phone, and what fewer wrote is not",
    stage.scene(async ({ person, server }) => {
      await fiveWrite(server, { on: inCountedMonth(), words: "She failed to protect the children. Gran came on Sunday." });
      await fiveWrite(server, { on: inCountedMonth(5), words: "Gran came on Sunday, and the children slept at hers." });
      // A server counts a month once, when it starts or when the month can be counted.
      await server.halt();
      await server.start();
      const ros = await person("ros");
      await ros.opens("/learning");
      await ros.follows(/language/i);
      await ros.reads("How our language changes");
      const monthOf = (day) => new Date(day.utc).toLocaleDateString("en-GB", { timeZone: "UTC", month: "long", year: "numeric" });
      const table = (caption) => ros.page.locator("main table", { hasText: caption });
      const row = async (caption, words) => tidy(await table(caption).locator("tbody tr", { has: ros.page.getByRole("rowheader", { name: words, exact: true }) }).innerText());
      const newest = await row("Month by month", monthOf(inCountedMonth()));
      assert.match(newest, /\d+\.\d/, `a figure: ${newest}`);
      assert.doesNotMatch(newest, /too few/);
      assert.match(await row("Month by month", monthOf(inCountedMonth(5))), /^\w+ \d{4}( hardly ever)+$/, "five wrote, and none of these words");
      assert.match(await row("Month by month", monthOf(inCountedMonth(2))), /too few to count/);
      const blame = await row("By theme", /blame/i);
      assert.match(blame, /\d+\.\d/, blame);
      assert.match(blame, /hardly ever$/, "it was not so in the months before");
      assert.equal(await table("Month by month").locator("tbody tr").count(), 12);
      for (const name of [CAST.priya.name, CAST.marta.name, "F-1042"]) assert.ok(!(await ros.words()).includes(name));
      for (const width of [1000, 320]) {
        await ros.page.setViewportSize({ width, height: 900 });
        assert.deepEqual(await axe(ros.page), [], `${width} px`);
        assert.ok(await ros.page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), `nothing sticks out at ${width} px`);
        if (process.env.FRESH_EYES_LOOK) await ros.page.screenshot({ path: `${process.env.FRESH_EYES_LOOK}/language-${width}.png`, fullPage: true });
      }
    }),
  );
});

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
        if (javaScript) assert.deepEqual(await axe(gwen.page), []);
        for (const number of [0, 1, 2]) await ticks.nth(number).check();
        await gwen.presses("Compare");
        await gwen.sees("Too few to compare");
        assert.equal(await ticks.nth(2).isChecked(), true, "what was ticked is still there to add to");
        for (const number of [3, 4, 5, 6, 7]) await ticks.nth(number).check();
        await gwen.presses("Compare");
        await gwen.sees("Your two groups");
        if (javaScript) assert.deepEqual(await axe(gwen.page), []);
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
