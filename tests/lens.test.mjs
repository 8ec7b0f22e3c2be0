// The language lens: what it marks while somebody types, that nothing of it leaves the page, and the same without it.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { axe } from "./support/axe.mjs";
import { tidy } from "./support/browser.mjs";
import { BOX, HARD, opensLens, SENTENCES, typed } from "./support/lens.mjs";
import { setStage } from "./support/stage.mjs";

const TEXTS = [
  "Anna failed to protect the children. 👁 The home was chaotic, and mum said “he lost his temper”.",
  "This is not suitable for couples counselling.\n\nHe absconded on Friday.\n- It was a one-off\n- He didn’t attend",
  "It was a good day; they let him back in. Zoë wrote: 'she is manipulative'. No further concerns. <b>Chaotic</b> & so on",
  "Nothing stands here that anybody would mark.",
];
// Texts that nobody has thought of, the same on each run: the server and the island must find the same in them.
const PIECES = ["failed to protect ", "chaotic", "mum ", "Anna said ", "“", "”", "'", ", ", ". ", "\n", "\n\n", "- ", "not ", "é", "👁 ", "let him back ", "absconded ", "siblings ", "(", "couples counselling ", "… "];
const seeded = (seed) => {
  let state = seed;
  const next = (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  return Array.from({ length: 60 }, () => PIECES[next(PIECES.length)]).join("").trim();
};
const RANDOM = [1, 4, 19, 311, 2026, 8_080, 12_345, 77_777, 600_001, 2_147_483_647].map(seeded);
// Each phrase of the list under the box, with how it is marked.
const listed = async (page) => (await page.locator(".fe-lens summary").allInnerTexts()).map(tidy);

const waitsFor = async (what, is) => {
  for (let tries = 0; tries < 100; tries += 1) {
    if (is(await what())) return;
    await sleep(100);
  }
  assert.fail(`it never came: ${JSON.stringify(await what())}`);
};

// Where the underlines of the box begin and end in its text.
const places = (page) =>
  page.evaluate(() => {
    const marked = [];
    let at = 0;
    for (const part of document.querySelector("#body ~ .fe-lens-mirror").children) {
      const end = at + part.textContent.length;
      if (part.tagName === "MARK") marked.push([at, end]);
      at = end;
    }
    return marked;
  });

// How often each phrase stands in a list, as “chaotic”, 2 times: blames or harms; one that is soft here and not there counts once.
const counted = (phrases) => {
  const times = {};
  for (const phrase of phrases) {
    const [, words, count] = phrase.match(/^“(.*?)”(?:, (\d+) times)?: [^:]*$/);
    const key = words.toLowerCase();
    times[key] = (times[key] ?? 0) + Number(count ?? 1);
  }
  return times;
};

const underlined = (page) => page.locator(".fe-lens-mirror mark").allInnerTexts();

describe("the language lens", () => {
  const stage = setStage();

  test(
    "a phrase is underlined once typing pauses, explained, replaced or kept, and nothing of it leaves the page",
    stage.scene(async ({ person }) => {
      const gwen = await person("gwen");
      await opensLens(gwen);
      const { page } = gwen;
      const asked = [];
      page.on("request", (request) => asked.push(new URL(request.url()).pathname));
      const box = page.locator(BOX);
      await box.pressSequentially("The home was chaotic. He absconded, and absconded again.");
      await waitsFor(
        () => listed(page),
        (found) => found.length === 2,
      );
      assert.deepEqual(await listed(page), ["“chaotic”: blames or harms", "“absconded”, 2 times: vague, or hides who did what"]);
      assert.deepEqual(await underlined(page), ["chaotic", "absconded", "absconded"]);
      assert.equal(await page.locator("#body ~ .fe-lens-mirror").getAttribute("aria-hidden"), "true");
      await gwen.sees("2 phrases are worth a second look");
      const places = await page.evaluate(() => {
        const [box, mirror] = ["textarea#body", "#body ~ .fe-lens-mirror"].map((found) => document.querySelector(found));
        return [box, mirror].map((element) => [element.clientWidth, element.clientHeight, getComputedStyle(element).font]);
      });
      assert.deepEqual(places[0], places[1], "the underlines lie under their words");

      await page.locator(".fe-lens summary", { hasText: "absconded" }).click();
      await page.getByRole("button", { name: "Use “went missing”" }).click();
      assert.equal(await box.inputValue(), "The home was chaotic. He went missing, and went missing again.");
      await waitsFor(
        () => listed(page),
        (found) => found.length === 1,
      );
      assert.equal(await page.evaluate(() => document.activeElement.id), "body", "the cursor is back in the text");
      await page.locator(".fe-lens summary", { hasText: "chaotic" }).click();
      assert.match(tidy(await page.locator(".fe-lens li").innerText()), /no facts\. ?Which routines break down/);
      assert.deepEqual(await axe(page), [], "with underlines and an open explanation");
      await page.getByRole("button", { name: "Keep it", exact: true }).click();
      assert.deepEqual(await listed(page), []);
      await box.press("End");
      await box.pressSequentially(" Chaotic as ever.");
      await sleep(1_000);
      assert.deepEqual(await listed(page), [], "what is kept stays kept for this visit");
      await box.pressSequentially(" They let him back.");
      await waitsFor(
        () => listed(page),
        (found) => found.length === 1,
      );
      await page.locator(".fe-lens summary").click();
      await page.getByRole("button", { name: "Keep it and say why" }).click();
      await page.keyboard.type("the words of the police log");
      const before = "The home was chaotic. He went missing, and went missing again. Chaotic as ever.";
      assert.equal(await box.inputValue(), `${before} They let him back (the words of the police log).`);
      assert.deepEqual(await listed(page), []);
      // The draft is what any form keeps; of the lens there is not a word.
      assert.deepEqual([...new Set(asked)].filter((path) => path !== "/drafts/save" && path !== "/account/session"), []);
      const sent = await page.evaluate(() => new URLSearchParams(new FormData(document.querySelector("#form"))).toString());
      assert.doesNotMatch(sent, /lens|blames|keeps/);
    }),
  );

  test(
    "without its part in the browser “Check wording” finds the same, and keeps nothing",
    stage.scene(async ({ person }) => {
      const gwen = await person("gwen");
      // Somebody else, so that the draft of the one is not found by the other.
      const plain = await person("luca", { javaScript: false });
      await opensLens(gwen);
      for (const text of [...TEXTS, ...RANDOM]) {
        await gwen.page.locator(BOX).fill(text);
        await sleep(1_000);
        await plain.opens("/reflections/new");
        assert.equal(await plain.page.locator(BOX).inputValue(), "", "no draft was kept");
        await plain.page.locator(BOX).fill(text);
        await plain.presses("Check wording");
        assert.equal(await plain.page.locator(BOX).inputValue(), text);
        const found = await listed(plain.page);
        assert.deepEqual(found, await listed(gwen.page), text);
        // The server writes no places: what it counts is what is underlined in the browser, each at its words.
        assert.ok(found.length < 20, "the list is whole");
        const marked = (await places(gwen.page)).map(([start, end]) => `“${tidy(text.slice(start, end))}”: marked`);
        assert.deepEqual(counted(marked), counted(found), text);
        await plain.sees("Wording checked");
        const links = plain.page.locator("[aria-labelledby=checked-wording] a");
        if ((await listed(plain.page)).length === 0) await plain.sees("Nothing found. Nothing was saved.");
        else assert.equal(await links.first().getAttribute("href"), "#body");
      }
    }),
  );

  test(
    "its words are fetched where somebody can type a narrative, and nowhere else",
    stage.scene(async ({ person }) => {
      const priya = await person("priya");
      const asked = [];
      priya.page.on("request", (request) => asked.push(new URL(request.url()).pathname));
      const words = () => asked.filter((path) => path.startsWith("/lexicon/"));
      await priya.opens("/cases");
      const theCase = await priya.page.locator("main tbody th a").first().getAttribute("href");
      await priya.opens("/supervision");
      const session = await priya.page.locator("main tbody th a").first().getAttribute("href");
      const without = ["/", "/cases", theCase, session, "/supervision", "/reflections", "/actions", "/people", "/training", "/learning", "/reviews", "/drafts", "/account", "/settings", "/settings/lexicon", "/settings/prompts"];
      for (const address of without) {
        await priya.opens(address);
        await priya.page.waitForLoadState("networkidle");
        assert.equal(await priya.page.locator("main textarea").count(), 0, `${address} has no box`);
        assert.deepEqual(words(), [], `${address} has no box, and fetches the words`);
      }
      for (const address of ["/reflections/new", `${theCase}/oversight`, `${theCase}/risk`]) {
        asked.length = 0;
        const fetched = priya.page.waitForRequest((request) => new URL(request.url()).pathname.startsWith("/lexicon/"));
        await priya.opens(address);
        await fetched;
        await priya.page.waitForLoadState("networkidle");
        assert.equal(words().length, 1, `${address} has a box, and fetches the words once`);
      }
    }),
  );

  for (const javaScript of [true, false]) {
    test(
      `whoever does not want it has neither the lens nor its button, JavaScript ${javaScript ? "on" : "off"}`,
      stage.scene(async ({ person }) => {
        const tom = await person(javaScript ? "tom" : "nia", { javaScript });
        await tom.opens("/account");
        await tom.follows("The language lens");
        await tom.page.getByLabel("Use the language lens while I type").uncheck();
        await tom.presses("Save");
        await tom.sees("Saved: it holds from your next page on");
        const asked = [];
        tom.page.on("request", (request) => asked.push(new URL(request.url()).pathname));
        await tom.opens("/reflections/new");
        if (javaScript) await tom.settles();
        assert.equal(await tom.page.getByRole("button", { name: "Check wording" }).count(), 0);
        await tom.page.locator(BOX).fill("The home was chaotic.");
        await sleep(1_000);
        assert.deepEqual(await listed(tom.page), []);
        assert.ok(!asked.some((path) => path.startsWith("/lexicon/")), "its words are not even fetched");
      }),
    );
  }

  test(
    "an organisation changes its words, sees first what a change would mark, and hears which line cannot be used",
    stage.scene(async ({ person }) => {
      const helen = await person("helen");
      await helen.opens("/settings");
      await helen.follows("Words worth a second look");
      await helen.page.getByRole("link", { name: /^Change ?: \(chaotic/ }).click();
      const phrases = helen.page.getByLabel("Phrases", { exact: true });
      const before = await phrases.inputValue();
      await phrases.fill(`${before}\nall over the place`);
      await helen.fills("Sentences to try it on", "It was all over the place, and chaotic.");
      await helen.presses("See what this would mark");
      assert.deepEqual(await axe(helen.page), []);
      const sides = helen.page.locator("#preview section");
      assert.deepEqual((await sides.nth(0).locator("summary").allInnerTexts()).map(tidy), ["“chaotic”: blames or harms"]);
      assert.equal(await sides.nth(1).locator("summary").count(), 2);
      assert.equal(await phrases.inputValue(), `${before}\nall over the place`);

      await phrases.fill(`${before}\nfail.*`);
      await helen.selects("Approved by", /Helen/);
      await helen.fills("Reason", "Heard too often");
      await helen.presses("Save as a new version", { status: 422 });
      await helen.sees("Line 3, “fail.*”: “.” cannot stand here");
      await phrases.fill(`${before}\ngwen`);
      await helen.presses("Save as a new version", { status: 422 });
      await helen.sees(/Line 3, “gwen”: it would mark Gwen .*, who works here/);
      await phrases.fill(`${before}\nall over the place`);
      await helen.presses("Save as a new version");
      await helen.sees("The words are saved as a new version");

      const gwen = await person("gwen");
      await opensLens(gwen);
      await gwen.page.locator(BOX).fill("It was all over the place.");
      await waitsFor(
        () => listed(gwen.page),
        (found) => found.length === 1,
      );
    }),
  );

  test(
    "ten times as much as can be saved is looked through, broken into paragraphs or not, and typing goes on",
    stage.scene(async ({ person }) => {
      const priya = await person("priya");
      await opensLens(priya);
      const marks = (text, times) =>
        typed(priya, text).then(() =>
          waitsFor(
            () => listed(priya.page),
            (found) => found[0] === `“chaotic”, ${times} times: blames or harms`,
          ),
        );
      const long = `${SENTENCES.repeat(31)}\n\n`.repeat(40);
      assert.ok(long.length >= 190_000);
      await marks(long, 31 * 40);
      await priya.page.locator(BOX).press("Control+End");
      await priya.page.locator(BOX).pressSequentially("chaotic");
      await waitsFor(
        () => listed(priya.page),
        (found) => found[0] === `“chaotic”, ${31 * 40 + 1} times: blames or harms`,
      );
      await marks(`chaotic ${HARD.repeat(Math.ceil(200_000 / HARD.length))} chaotic`, 2);
    }),
  );
});
