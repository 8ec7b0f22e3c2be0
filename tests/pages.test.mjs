// Pages for people who see little, use no mouse, zoom in or print: mistakes, the keyboard, paper and spacing.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { CAST, PASSWORD } from "./support/cast.mjs";
import { assertFaultless, checkPage, faultsOf, nothingIsStored, widest } from "./support/page-faults.mjs";
import { setStage } from "./support/stage.mjs";

const UNKNOWN = "01890a5d-ac96-774b-bcce-b302099a8057";

describe("pages", () => {
  const stage = setStage();

  test(
    "somebody who is not signed in",
    stage.scene(async ({ stranger }) => {
      const somebody = await stranger();
      for (const path of ["/sign-in", "/accessibility"]) {
        await somebody.opens(path);
        await checkPage(somebody, path);
      }
      await somebody.opens("/welcome/no-such-link", { status: 404 });
      await checkPage(somebody, "a link that no longer works");
      await somebody.opens("/sign-in");
      await somebody.fills("Email address", CAST.bev.email);
      await somebody.fills("Password", "not it");
      await somebody.presses("Sign in");
      assert.equal(somebody.status, 422);
      assert.match(await somebody.page.title(), /^Error: Sign in/);
      await checkPage(somebody, "/sign-in with a wrong password");
      await nothingIsStored(somebody, "a stranger");
    }),
  );

  test(
    "pages that say what went wrong are accessible too",
    stage.scene(async ({ person }) => {
      const faults = [];
      const look = async (somebody, what) => faults.push(...(await faultsOf(somebody, what)));
      const failed = async (somebody, path, button) => {
        await somebody.opens(path);
        await somebody.presses(button);
        assert.equal(somebody.status, 422, path);
        assert.match(await somebody.page.title(), /^Error: /);
        assert.ok(await somebody.page.evaluate(() => Boolean(document.activeElement.closest(".govuk-error-summary"))), `${path}: the summary has the focus`);
        await look(somebody, `${path} with mistakes`);
      };
      const priya = await person("priya");
      await priya.opens("/supervision/new");
      await priya.chooses("Who did you meet?", CAST.gwen.name);
      await priya.presses("Continue");
      await priya.selects("Add a case", /^F-1042/);
      await priya.presses("Add this case");
      await priya.presses(/^Add another action/);
      await look(priya, "/supervision/new with a case and two actions");
      await priya.presses("Save supervision");
      assert.equal(priya.status, 422);
      await look(priya, "/supervision/new with mistakes");
      await priya.opens("/cases");
      await priya.follows("F-1042");
      const theCase = new URL(priya.page.url()).pathname;
      await failed(priya, "/cases/new", "Save case");
      await failed(priya, `${theCase}/oversight`, "Save note");
      await failed(priya, "/reflections/new", "Save reflection");
      await failed(priya, "/account", "Change password");
      await priya.opens(`/cases/${UNKNOWN}`, { status: 404 });
      await look(priya, "a page that is not there");
      const dee = await person("dee");
      await failed(dee, "/training/completions/new", "Save completions");
      await failed(dee, "/training/courses/new", /^Save/);
      const admin = await person("admin");
      await failed(admin, "/people/new", "Save person");
      assertFaultless(faults);
    }),
  );

  test(
    "the first Tab offers a way past the navigation",
    stage.scene(async ({ person }) => {
      const priya = await person("priya");
      for (const path of ["/", "/cases", "/reviews", "/account"]) {
        await priya.opens(path);
        await priya.page.keyboard.press("Tab");
        const skip = priya.page.locator(":focus");
        assert.equal(await skip.innerText(), "Skip to main content", path);
        const box = await skip.boundingBox();
        assert.ok(box.width > 100 && box.height > 20 && box.y >= 0, `${path}: it is to be seen`);
        await priya.page.keyboard.press("Enter");
        await priya.page.keyboard.press("Tab");
        const inside = await priya.page.evaluate(() => Boolean(document.activeElement.closest("main, footer")));
        assert.ok(inside, `${path}: the next stop lies behind the navigation`);
      }
    }),
  );

  test(
    "signing in and logging supervision by keyboard alone, with the focus to be seen at every stop",
    stage.scene(async ({ stranger }) => {
      const priya = await stranger();
      const { page } = priya;
      const keys = new Keyboard(page);
      await priya.opens("/sign-in");
      await keys.tabTo("Email address");
      await page.keyboard.type(CAST.priya.email);
      await keys.tabTo("Password");
      await page.keyboard.type(PASSWORD);
      await priya.goes(() => page.keyboard.press("Enter"));
      await priya.reads(/My week$/);
      await keys.tabTo("Log supervision");
      await priya.goes(() => page.keyboard.press("Enter"));
      await keys.choose("Who did you meet?", CAST.gwen.name);
      await keys.tabTo("Continue");
      await priya.goes(() => page.keyboard.press("Enter"));
      await priya.reads(`Log supervision with ${CAST.gwen.name}`);
      await keys.tabTo("Minutes");
      await page.keyboard.press("Control+A");
      await page.keyboard.type("75");
      await keys.choose("How did you meet?", "Video call");
      await keys.choose("What was it for?", "Personal and case supervision");
      await keys.tabTo("Workload");
      await page.keyboard.type("Written without a mouse.");
      await keys.tabTo("Add a case");
      await page.keyboard.type("F-1042");
      await keys.tabTo("Add this case");
      await priya.goes(() => page.keyboard.press("Enter"));
      assert.equal(await priya.valueOf("minutes"), "75");
      await keys.choose("Was the child seen?", "Not seen yet");
      await keys.tabTo("What has happened since last time");
      await page.keyboard.type("A call from the school.");
      await keys.choose("Risk now", "High");
      await keys.choose("Which way has risk gone?", "Up");
      await keys.tabTo("Support was offered and declined");
      await page.keyboard.press("Space");
      await keys.choose("What is proposed for the plan?", "Step up");
      await keys.tabTo("Decision");
      await page.keyboard.type("Visit together on Monday.");
      await keys.tabTo("Why");
      await page.keyboard.type("Two pairs of eyes.");
      await keys.tabTo("Save supervision");
      await priya.goes(() => page.keyboard.press("Enter"));
      assert.equal(await page.evaluate(() => document.activeElement?.className), "fe-second-look", "the questions have the focus");
      await keys.tabTo("Save supervision");
      await priya.goes(() => page.keyboard.press("Enter"));
      await priya.reads(`Supervision with ${CAST.gwen.name}`);
      await priya.sees("Written without a mouse.");
      await priya.sees("Visit together on Monday.");
      assert.deepEqual(keys.unseen, [], "stops at which nothing shows where the focus is");
      assert.deepEqual(keys.covered, [], "stops that something else covers");
    }),
  );

  test(
    "paper shows the record and not the buttons",
    stage.scene(async ({ person }) => {
      const priya = await person("priya");
      await priya.opens("/cases");
      const theCase = await priya.page.locator("main a", { hasText: "F-1042" }).first().getAttribute("href");
      await priya.opens("/supervision");
      const session = await priya.page.locator("main a[href^='/supervision/']:not([href*='new'])").first().getAttribute("href");
      await priya.page.emulateMedia({ media: "print" });
      for (const path of ["/", "/cases", theCase, "/supervision", session, "/training", "/reviews"]) {
        await priya.opens(path);
        const shown = await priya.page.locator("nav, button, .govuk-button, header form, .govuk-skip-link").evaluateAll((all) =>
          all.filter((element) => element.checkVisibility({ visibilityProperty: true }) && element.offsetWidth * element.offsetHeight > 0).map((element) => element.outerHTML.slice(0, 120)),
        );
        assert.deepEqual(shown, [], `${path} on paper`);
        assert.ok(await priya.page.locator("h1").isVisible(), path);
        const [wide, room] = await priya.page.evaluate(() => [document.scrollingElement.scrollWidth, innerWidth]);
        assert.ok(wide <= room, `${path} on paper is ${wide} px wide on ${room}`);
      }
    }),
  );

  test(
    "a page is still whole with wider letter, word and line spacing, at 320 px",
    stage.scene(async ({ person }) => {
      const priya = await person("priya", { width: 320, bypassCSP: true });
      for (const path of ["/", "/cases", "/supervision", "/training", "/reviews", "/people", "/account", "/reflections/new"]) {
        await priya.opens(path);
        await priya.page.addStyleTag({ content: "* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important } p { margin-bottom: 2em !important }" });
        const [wide, room] = await priya.page.evaluate(() => [document.scrollingElement.scrollWidth, innerWidth]);
        assert.ok(wide <= room, `${path} scrolls sideways: ${wide} px, because of ${await widest(priya.page)}`);
      }
    }),
  );
});

// Somebody who has only a keyboard, and notes where the focus cannot be seen.
class Keyboard {
  unseen = [];
  covered = [];

  constructor(page) {
    this.page = page;
  }

  // Presses Tab until the focus stands on something with this name, or in the group of radio buttons with this legend.
  async tabTo(name, legend) {
    for (let stop = 0; stop < 120; stop += 1) {
      await this.page.keyboard.press("Tab");
      const now = await this.#focused();
      await this.#look(now);
      if (legend === undefined ? now.name === name : now.type === "radio" && now.legend === legend) return;
    }
    throw new Error(`no way by Tab to “${legend ?? name}” on ${this.page.url()}`);
  }

  // In the group of radio buttons with this legend: Space chooses where the focus stands, the arrows go to the others.
  async choose(legend, label) {
    await this.tabTo(undefined, legend);
    await this.page.keyboard.press("Space");
    for (let step = 0; step < 16; step += 1) {
      const now = await this.#focused();
      if (now.name === label && now.checked) return;
      await this.page.keyboard.press("ArrowDown");
      await this.#look(await this.#focused());
    }
    throw new Error(`the arrows do not lead to “${label}”`);
  }

  #focused() {
    return this.page.evaluate(() => {
      const element = document.activeElement;
      const words = element.labels?.[0]?.innerText ?? element.getAttribute("aria-label") ?? element.innerText ?? "";
      const { x, y, width, height } = element.getBoundingClientRect();
      const at = [
        [x + width / 2, y + height / 2],
        [x + 3, y + 3],
        [x + width - 3, y + height - 3],
      ];
      const hit = ([left, top]) => {
        const top1 = document.elementFromPoint(left, top);
        return Boolean(top1) && (element.contains(top1) || top1.contains(element) || [...(element.labels ?? [])].some((part) => part.contains(top1)));
      };
      return {
        name: words.replace(/\s+/g, " ").trim(),
        legend: element.closest("fieldset")?.querySelector("legend")?.innerText.replace(/\s+/g, " ").trim(),
        type: element.type,
        checked: element.checked,
        isPage: element === document.body,
        inView: at.some(hit),
        box: { x, y, width, height },
        html: element.outerHTML.slice(0, 140),
      };
    });
  }

  // The place of the focus looks different with it and without it.
  async #look(now) {
    if (now.isPage) return;
    if (!now.inView) this.covered.push(now.html);
    const room = 8;
    const { width, height } = this.page.viewportSize();
    const left = Math.max(0, now.box.x - room);
    const top = Math.max(0, now.box.y - room);
    const clip = { x: left, y: top, width: Math.min(width - left, now.box.width + 2 * room), height: Math.min(height - top, now.box.height + 2 * room) };
    if (clip.width <= 0 || clip.height <= 0) {
      this.covered.push(now.html);
      return;
    }
    const picture = () => this.page.screenshot({ clip, animations: "disabled" });
    const withFocus = await picture();
    const element = await this.page.evaluateHandle(() => document.activeElement);
    await element.evaluate((focused) => focused.blur());
    const without = await picture();
    await element.evaluate((focused) => focused.focus({ preventScroll: true, focusVisible: true }));
    if (withFocus.equals(without)) this.unseen.push(now.html);
  }
}
