// Every page that each role can reach: for people who see little, use no mouse, zoom in or print.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { axe } from "./support/axe.mjs";
import { CAST, PASSWORD } from "./support/cast.mjs";
import { daysAgo } from "./support/days.mjs";
import { setStage } from "./support/stage.mjs";
import { smallTargets } from "./support/targets.mjs";

const UNKNOWN = "01890a5d-ac96-774b-bcce-b302099a8057";
const WIDE = { width: 1280, height: 900 };
const NARROW = { width: 320, height: 700 };

// The pages that every role opens, and those that only some do. What else they link to is found by following the links.
const FOR_ALL = ["/", "/supervision", "/reflections", "/reflections/new", "/reflections/cpd", "/reflections/mirror", "/learning", "/training", "/people", "/mail", "/account", "/account/mail", "/account/lens", "/account/calendar", "/drafts", "/actions", "/prepare", "/bookings", "/agreements", "/audits/mine", "/reminders", "/accessibility", "/settings", "/settings/policies", "/settings/policies/1", "/settings/ladder", "/settings/calendar", "/settings/templates", "/settings/prompts", "/settings/lexicon", "/prompts", "/supervision/peer", "/supervision/bells", "/supervision/file"];
// Found by links alone, by everybody.
const BY_LINK = ["/prompts/{key}"];
const FOR_CASES = ["/cases", "/cases/{id}", "/reviews"];
const FOR_KEEPERS = ["/settings/policies/new", "/settings/policies/import", "/settings/ladder/edit", "/settings/ladder/dry-run", "/settings/ladder/steps/{concern}", "/settings/templates/{part}", "/settings/templates/{part}/edit", "/settings/lexicon/new", "/settings/lexicon/{key}/edit", "/settings/prompts/new", "/settings/prompts/import", "/settings/prompts/{key}", "/settings/calendar/edit", "/settings/calendar/import"];
const FOR_MANAGERS = ["/supervision/new", "/bookings/new", "/cases/new", "/cases/import", "/cases/{id}/edit", "/cases/{id}/oversight", "/cases/{id}/risk", "/cases/{id}/siblings", "/people/{id}/absences/new"];
const ROLES = {
  gwen: [...FOR_CASES, "/supervision/{id}", "/people/{id}", "/reflections/{id}", "/reflections/{id}/edit", "/reflections/{id}/delete", "/reflections/{id}/share", "/reflections/{id}/cpd", "/actions/{id}"],
  tom: [...FOR_CASES, "/bookings/{id}/move", "/bookings/{id}/cancel", "/supervision/{id}", "/people/{id}", "/actions/{id}"],
  priya: [...FOR_CASES, ...FOR_MANAGERS, "/supervision/{id}", "/supervision/new?supervisee", "/agreements/{id}", "/agreements/new?supervisee", "/people/{id}", "/reflections/copies/{id}"],
  ros: [...FOR_CASES, ...FOR_MANAGERS, "/supervision/{id}/void", "/cases/{id}/variation", "/people/{id}", "/people/{id}/variation", "/training/people/{id}"],
  helen: [...FOR_CASES, ...FOR_KEEPERS, "/audits"],
  marta: [...FOR_CASES, ...FOR_MANAGERS, "/supervision/{id}"],
  dee: ["/training/completions/new", "/training/courses/new", "/training/courses/{id}/edit", "/training/people/{id}", "/people/{id}"],
  hanif: [...FOR_CASES, "/people/{id}", "/audits", "/audits/new"],
  bev: [],
  admin: [...FOR_KEEPERS, "/people/{id}", "/people/new", "/people/{id}/edit", "/people/{id}/supervisors", "/people/{id}/hand-over", "/people/import", "/people/leavers", "/teams", "/teams/new", "/teams/{id}/edit"],
};

// An address as a pattern: "/cases/{id}". Of the query only the names stay that make another page of it.
function patternOf(address) {
  const { pathname, searchParams } = new URL(address, "http://here");
  const query = ["supervisee"].filter((name) => searchParams.has(name)).join("&");
  return pathname.replace(/(?<=\/steps\/)[a-z_]+$/, "{concern}").replace(/(?<=\/templates\/)[a-z_]+/, "{part}").replace(/(?<=\/prompts\/)(?!(?:new|import|export)$)[a-z0-9-]+$/, "{key}").replace(/(?<=\/lexicon\/)[a-z_0-9]+(?=\/edit)/, "{key}").replace(/\/[0-9a-f]{8}-[0-9a-f-]{27}(?=\/|$)/g, "/{id}") + (query && `?${query}`);
}

// Everything that is wrong with a page as it stands, one line for each thing.
async function faultsOf(person, what) {
  const { page } = person;
  const faults = [];
  const note = (about, found) => faults.push(...[found].flat().map((one) => `${what}${about}: ${one}`));
  if ((await page.locator("h1").count()) !== 1) note("", "it has not one heading of the first rank");
  if (!/^\S.* - Fresh Eyes$/.test(await page.title())) note("", `its title is “${await page.title()}”`);
  if ((await page.locator("html").getAttribute("lang")) !== "en-GB") note("", "it does not name its language");
  for (const size of [WIDE, NARROW]) {
    await page.setViewportSize(size);
    const at = ` at ${size.width} px`;
    note(`${at}, axe-core`, await axe(page));
    note(`${at}, under 24 × 24 px`, await smallTargets(page));
    const [wide, room] = await page.evaluate(() => [document.scrollingElement.scrollWidth, innerWidth]);
    if (wide > room) note(at, `scrolls sideways, ${wide} px, because of ${await widest(page)}`);
  }
  await page.setViewportSize(WIDE);
  return faults;
}

const assertFaultless = (faults) => assert.equal(faults.length, 0, `\n  ${faults.join("\n  ")}\n`);

const checkPage = async (person, what) => assertFaultless(await faultsOf(person, what));

// What reaches furthest to the right, for the message.
function widest(page) {
  return page.evaluate(() => {
    const reaching = [...document.querySelectorAll("main *, header *, nav *, footer *")].filter((element) => element.getBoundingClientRect().right > innerWidth + 1);
    return reaching.slice(0, 3).map((element) => element.outerHTML.slice(0, 160)).join("\n");
  });
}

const nothingIsStored = async (person, what) => {
  const kept = await person.page.evaluate(async () => ({
    local: Object.keys(localStorage),
    session: Object.keys(sessionStorage),
    databases: (await indexedDB.databases()).map(({ name }) => name),
    caches: await caches.keys(),
    workers: (await navigator.serviceWorker.getRegistrations()).length,
    cookies: document.cookie,
  }));
  assert.deepEqual(kept, { local: [], session: [], databases: [], caches: [], workers: 0, cookies: "" }, `what ${what} leaves in the browser`);
};

describe("pages", () => {
  const stage = setStage();

  // Two at a time: one page is drawn while another is judged.
  describe("of each role", { concurrency: 2 }, () => {
    for (const [who, some] of Object.entries(ROLES)) {
      test(
        `${CAST[who].part}: every page within reach is accessible, wide and narrow`,
        stage.scene(async ({ person }) => {
          const somebody = await person(who);
          const titles = new Map();
          const seen = new Set();
          const waiting = [...FOR_ALL];
          const faults = [];
          while (waiting.length > 0) {
            const address = waiting.shift();
            const pattern = patternOf(address);
            if (seen.has(pattern)) continue;
            seen.add(pattern);
            await somebody.opens(address);
            faults.push(...(await faultsOf(somebody, pattern)));
            const title = await somebody.page.title();
            if (titles.has(title)) faults.push(`${pattern} and ${titles.get(title)} have the same title: ${title}`);
            titles.set(title, pattern);
            const links = await somebody.page.locator("a[href^='/']:not([download])").evaluateAll((all) => all.map((link) => link.getAttribute("href")));
            waiting.push(...links);
            // The list of those whom one may supervise is a form, not links.
            const supervisee = somebody.page.locator("[name=supervisee][type=radio]").first();
            if (await supervisee.count()) waiting.push(`${pattern.split("?")[0]}?supervisee=${await supervisee.inputValue()}`);
          }
          const missed = [...FOR_ALL, ...BY_LINK, ...some].filter((pattern) => !seen.has(pattern));
          assert.deepEqual(missed, [], "pages of this role to which no link leads");
          assertFaultless(faults);
          await nothingIsStored(somebody, CAST[who].part);
        }),
      );
    }
  });

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
