// The pictures of the README, taken of the demonstration data. They go to docs/screenshots/ when FRESH_EYES_SCREENSHOTS=1, and
// otherwise to tests/output/, so that the way to them is always tried.

import { mkdir, stat } from "node:fs/promises";
import path from "node:path";
import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { CAST } from "./support/cast.mjs";
import { daysAgo } from "./support/days.mjs";
import { OUTPUT, setStage } from "./support/stage.mjs";

const FOLDER = process.env.FRESH_EYES_SCREENSHOTS === "1" ? fileURLToPath(new URL("../docs/screenshots", import.meta.url)) : path.join(OUTPUT, "screenshots");

const stage = setStage();

const take = async (person, name, { whole = false } = {}) => {
  await mkdir(FOLDER, { recursive: true });
  const file = path.join(FOLDER, `${name}.png`);
  await person.page.evaluate(() => document.fonts.ready);
  await person.page.screenshot({ path: file, fullPage: whole, animations: "disabled" });
  assert.ok((await stat(file)).size > 5_000, `${file} shows something`);
};

test(
  "pictures at 1280 px",
  stage.scene(async ({ person }) => {
    const priya = await person("priya", { height: 860 });
    await take(priya, "my-week");
    await priya.opens("/cases");
    await priya.follows("F-1042");
    await take(priya, "case");
    await priya.opens("/reviews");
    await take(priya, "reviews");
    await priya.opens("/supervision/new");
    await priya.chooses("Who did you meet?", CAST.gwen.name);
    await priya.presses("Continue");
    await priya.selects("Add a case", /^F-1042/);
    await priya.presses("Add this case");
    await priya.settles();
    const entry = priya.within(/^F-1042/);
    await entry.chooses("Was the child seen?", "Yes, alone");
    await entry.fillsDate("Date last seen", daysAgo(2));
    await entry.fills("What has happened since last time", "A third call to the police in eleven months. The eldest rang.");
    await entry.chooses("Risk now", "High");
    await entry.chooses("Which way has risk gone?", "Up");
    await priya.sees("Questions changed: risk has gone up");
    await priya.page.locator('[id="entry.0.prompt.0.question"]').evaluate((question) => question.scrollIntoView({ block: "center" }));
    await take(priya, "log-supervision");
    const dee = await person("dee", { height: 860 });
    await dee.opens("/training");
    await take(dee, "training");
  }),
);

test(
  "pictures at 390 px",
  stage.scene(async ({ person }) => {
    const gwen = await person("gwen", { width: 390, height: 844 });
    await take(gwen, "my-week-phone");
  }),
);
