// What the browser's part adds while somebody types, and that nothing is missing where it does not run.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import path from "node:path";
import { tidy } from "./support/browser.mjs";
import { CAST } from "./support/cast.mjs";
import { daysAgo } from "./support/days.mjs";
import { isAboutBias, isCalledFor } from "./support/prompts.mjs";
import { setStage } from "./support/stage.mjs";

const stage = setStage();

const openEntry = async (priya) => {
  await priya.opens("/supervision/new");
  await priya.chooses("Who did you meet?", CAST.gwen.name);
  await priya.presses("Continue");
  await priya.selects("Add a case", /^F-1042/);
  await priya.presses("Add this case");
  return priya.within(/^F-1042/);
};

const openLiveEntry = async (priya) => {
  const entry = await openEntry(priya);
  await priya.settles();
  assert.equal(await priya.page.evaluate(() => document.documentElement.dataset.islands), "ready");
  return entry;
};

const questions = (priya) =>
  Promise.all([0, 1, 2].map(async (slot) => tidy(await priya.page.locator(`[id="entry.0.prompt.${slot}.question"]`).innerText())));

// Those that wait under "More questions" too.
const allQuestions = async (priya) => {
  const slots = await Promise.all(
    [0, 1, 2, 3, 4].map(async (slot) => {
      const key = await priya.page.locator(`[name="entry.0.prompt.${slot}.key"]`).inputValue();
      return key && tidy(await priya.page.locator(`[id="entry.0.prompt.${slot}.question"]`).textContent());
    }),
  );
  return slots.filter(Boolean);
};

const keys = (priya) => Promise.all([0, 1, 2].map((slot) => priya.page.locator(`[name="entry.0.prompt.${slot}.key"]`).inputValue()));

const answer = (priya, slot) => priya.page.locator(`[id="entry.0.prompt.${slot}.text"]`);

const status = (priya) => priya.page.locator("[role=status]", { hasText: "Questions changed" }).first();

// Everything that the entry must say, besides the direction of risk.
const fillRest = async (priya, entry) => {
  await priya.chooses("How did you meet?", "In person");
  await priya.chooses("What was it for?", "Case supervision");
  await entry.chooses("Was the child seen?", "Yes, alone");
  await entry.fillsDate("Date last seen", daysAgo(2));
  await entry.fills("What has happened since last time", "The school rang twice.");
  await entry.chooses("Risk now", "High");
  await entry.chooses("What is proposed for the plan?", "Carry on with the plan");
  await entry.fills("Decision", "Bring the review forward.");
  await entry.fills("Why", "Two calls in a week.");
};

test(
  "the questions follow what is chosen, and the page says so",
  stage.scene(async ({ person }) => {
    const priya = await person("priya");
    const entry = await openLiveEntry(priya);
    const before = await questions(priya);
    assert.equal(before.filter(isAboutBias).length, 1);
    assert.ok(!before.some((words) => isCalledFor(words, "risk_up") && !isCalledFor(words, "always")), "nothing has been said about risk yet");

    await entry.chooses("Which way has risk gone?", "Up");
    await status(priya).waitFor();
    assert.match(tidy(await status(priya).innerText()), /Questions changed: risk has gone up/);
    const up = await questions(priya);
    assert.ok(isCalledFor(up[0], "risk_up"), `the first is called for by the rise: ${up[0]}`);
    const aboutBias = (await allQuestions(priya)).filter(isAboutBias);
    assert.equal(aboutBias.length, 1, up.join(" | "));
    assert.ok(isCalledFor(aboutBias[0], "risk_up"), "the one about bias is about a rise");
    assert.equal(new Set(up).size, 3);
    for (const [slot, words] of up.entries()) {
      const label = await answer(priya, slot).evaluate((box) => box.labels[0].innerText);
      assert.equal(tidy(label), words, "the label of the box is the question");
    }
    const named = await keys(priya);
    assert.equal(new Set(named).size, 3, "the form names the questions that are shown");

    await entry.chooses("Which way has risk gone?", "Down");
    await priya.sees(/Questions changed: risk has gone down/);
    const down = await questions(priya);
    assert.ok(isCalledFor(down[0], "risk_down"), down[0]);

    await entry.chooses("What is proposed for the plan?", "Close");
    await priya.page.waitForFunction((first) => [0, 1, 2].some((slot) => !first.includes(document.getElementById(`entry.0.prompt.${slot}.question`).innerText.trim())), down);
    assert.ok((await questions(priya)).some((words) => isCalledFor(words, "closure_or_step_down")));

    await entry.chooses("Which way has risk gone?", "The same");
    await entry.ticks("Support was offered and declined");
    await priya.page.waitForFunction((first) => document.getElementById("entry.0.prompt.0.question").innerText.trim() !== first, down[0]);
    assert.ok((await questions(priya)).some((words) => isCalledFor(words, "support_declined")));
  }),
);

test(
  "a question in whose box something stands stays, whatever is chosen",
  stage.scene(async ({ person }) => {
    const priya = await person("priya");
    const entry = await openLiveEntry(priya);
    const before = await questions(priya);
    const [keyBefore] = await keys(priya);
    await answer(priya, 0).fill("I have begun to think about this one.");
    await entry.chooses("Which way has risk gone?", "Up");
    await status(priya).waitFor();
    const up = await questions(priya);
    assert.equal(up[0], before[0], "the first stays");
    assert.equal((await keys(priya))[0], keyBefore);
    assert.notDeepEqual(up, before, "others change");
    assert.ok(up.some((words) => isCalledFor(words, "risk_up")), up.join(" | "));
    assert.equal(new Set(up).size, 3, "and none is put twice");
    assert.equal(await answer(priya, 0).inputValue(), "I have begun to think about this one.");

    await fillRest(priya, entry);
    await priya.savesSupervision();
    await priya.sees("Supervision saved");
    await priya.sees(before[0]);
    await priya.sees("I have begun to think about this one.");
  }),
);

test(
  "a question that was put off, or is not relevant here, stays too",
  stage.scene(async ({ person }) => {
    const priya = await person("priya");
    const entry = await openLiveEntry(priya);
    const before = await questions(priya);
    await priya.page.locator('[name="entry.0.prompt.0.state"][value="deferred_in_7"]').check();
    await entry.chooses("Which way has risk gone?", "Up");
    await status(priya).waitFor();
    const up = await questions(priya);
    assert.equal(up[0], before[0], "what was put off is still what was put");
    assert.ok(up.slice(1).some((words) => isCalledFor(words, "risk_up")), up.join(" | "));
  }),
);

test(
  "what was chosen before the WASM arrived counts when it does",
  stage.scene(async ({ person }) => {
    const priya = await person("priya");
    let arrive;
    const arrival = new Promise((resolve) => (arrive = resolve));
    await priya.page.route("**/*.wasm", async (route) => {
      await arrival;
      await route.continue();
    });
    const entry = await openEntry(priya);
    await entry.chooses("Which way has risk gone?", "Up");
    arrive();
    await priya.settles();
    const up = await questions(priya);
    assert.ok(isCalledFor(up[0], "risk_up"), `the questions are those that a rise calls for: ${up.join(" | ")}`);
  }),
);

test(
  "a long text is counted while it is typed",
  stage.scene(async ({ person }) => {
    const priya = await person("priya");
    const entry = await openLiveEntry(priya);
    const box = entry.field("Decision");
    const message = priya.page.getByText(/^You have [\d,]+ characters? remaining$/).filter({ visible: true });
    await box.fill("Short.");
    assert.equal(await message.count(), 0, "nothing is said while there is room");
    await box.fill("x".repeat(19_500));
    await priya.sees("You have 500 characters remaining");
    await box.fill("x".repeat(19_999));
    await priya.sees("You have 1 character remaining");
    await box.fill("x".repeat(20_025));
    await priya.sees(/You have 25 characters too many/);
    await box.fill("Short again.");
    await message.waitFor({ state: "detached" }).catch(() => message.waitFor({ state: "hidden" }));
  }),
);

test(
  "the bundle is loaded by its hashed name, once, packed, and kept by the browser",
  stage.scene(async ({ person }) => {
    const priya = await person("priya");
    const parts = [];
    priya.page.on("response", (response) => parts.push(response));
    await openEntry(priya);
    await priya.page.waitForLoadState("networkidle");
    const dist = process.env.FRESH_EYES_DIST ?? path.join(import.meta.dirname, "../dist");
    const listed = readFileSync(path.join(dist, "index.html"), "utf8");
    const found = { js: 0, wasm: 0, css: 0 };
    for (const response of parts) {
      const { pathname } = new URL(response.url());
      const [, kind] = /^\/pkg\/.*\.(js|wasm|css)$/.exec(pathname) ?? [];
      if (!kind || response.status() === 304) continue;
      found[kind] += 1;
      assert.match(pathname, /-[0-9a-f]{8,}(_bg)?\.(js|wasm|css)$/, "its name bears its hash");
      assert.ok(listed.includes(path.basename(pathname)), `${pathname} is what the build lists`);
      const headers = await response.allHeaders();
      assert.match(headers["cache-control"], /immutable/, pathname);
      if (!response.fromServiceWorker() && headers["content-encoding"] !== undefined) assert.match(headers["content-encoding"], /^(br|gzip)$/, pathname);
    }
    assert.ok(found.js >= 1 && found.wasm >= 1, JSON.stringify(found));
    const names = await priya.page.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => new URL(name).pathname));
    assert.ok(names.some((name) => name.endsWith(".wasm")) && names.some((name) => name.endsWith(".js")), names.join(" "));
    for (const name of names) assert.match(name, /^\/(pkg\/|favicon\.svg$|lexicon\/[0-9a-f]{16}$)/, "nothing else is fetched");
    assert.equal(names.filter((name) => name.startsWith("/lexicon/")).length, 1, "the lens’s words come once");
  }),
);

for (const [what, pattern] of [
  ["the WASM", "**/*.wasm"],
  ["the script", "**/*.js"],
]) {
  test(
    `where ${what} does not arrive, the page still does its job`,
    stage.scene(async ({ person }) => {
      const priya = await person("priya");
      let refused = 0;
      await priya.page.route(pattern, (route) => {
        refused += 1;
        return route.abort();
      });
      const entry = await openEntry(priya);
      const before = await questions(priya);
      await fillRest(priya, entry);
      await entry.chooses("Which way has risk gone?", "Up");
      await priya.settles();
      assert.deepEqual(await questions(priya), before, "the questions stay as the server wrote them");
      await priya.savesSupervision();
      await priya.sees("Supervision saved");
      assert.ok(refused > 0, `${what} was asked for`);
      const open = (await priya.page.locator(".fe-prompt", { has: priya.page.getByRole("link", { name: /^Reply to:/ }) }).locator(".fe-prompt__question").allInnerTexts()).map(tidy);
      assert.ok(open.some((words) => isCalledFor(words, "risk_up")), `the session puts what a rise calls for: ${open.join(" | ")}`);
      assert.ok(open.some(isAboutBias), "and one about bias");
      await priya.follows(`Reply to: ${open[0]}`);
      await priya.fills(open[0], "Answered from the session's page.");
      await priya.presses(/^Save reply/);
      await priya.sees("Answered from the session's page.");
    }),
  );
}
