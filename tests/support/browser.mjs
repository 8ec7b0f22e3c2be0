// People in a real browser, and the words in which the tests tell what they do.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { chromium } from "playwright-core";
import { ask, hiddenFields } from "./http.mjs";
import { CAST, PASSWORD } from "./cast.mjs";

// As bin/lib.sh finds it.
const CHROMIUM = process.env.FRESH_EYES_CHROMIUM || ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium"].find(existsSync);
const PATIENCE = 10_000;

export async function openBrowser(baseUrl) {
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
  });
  return new Browser(browser, baseUrl);
}

class Browser {
  constructor(browser, baseUrl) {
    this.browser = browser;
    this.baseUrl = baseUrl;
  }

  // Somebody at the sign-in page, in a browser of their own.
  async stranger({ javaScript = true, width = 1280, height = 900, ...more } = {}) {
    const context = await this.browser.newContext({
      javaScriptEnabled: javaScript,
      viewport: { width, height },
      baseURL: this.baseUrl,
      locale: "en-GB",
      timezoneId: "Europe/London",
      ...more,
    });
    context.setDefaultTimeout(PATIENCE);
    return new Person(await context.newPage(), this.baseUrl, javaScript);
  }

  close() {
    return this.browser.close();
  }
}

// A part of a page: the whole of it, or one group of fields.
class Place {
  constructor(person, root) {
    this.person = person;
    this.root = root;
  }

  // The group of fields (or region) with this legend, in which the same words work.
  within(legend) {
    return new Place(this.person, this.root.getByRole("group", named(legend)).first());
  }

  field(label) {
    return this.root.getByLabel(label, { exact: typeof label === "string" }).first();
  }

  async fills(label, text) {
    await this.field(label).fill(text);
  }

  async selects(label, option) {
    const field = this.field(label);
    const words = await field.locator("option").allTextContents();
    const found = words.findIndex((text) => (typeof option === "string" ? tidy(text) === option : option.test(tidy(text))));
    assert.notEqual(found, -1, `“${label}” offers no “${option}”, only: ${words.map(tidy).join(" | ")}`);
    await field.selectOption({ index: found });
  }

  // A radio button in the group with this legend.
  async chooses(legend, option) {
    await this.within(legend).field(option).check();
  }

  async ticks(label) {
    await this.field(label).check();
  }

  async fillsDate(legend, day) {
    const group = this.within(legend);
    await group.fills("Day", day.day);
    await group.fills("Month", day.month);
    await group.fills("Year", day.year);
  }

  // Presses a button that posts or gets a form, and waits for the page that comes, with this status if one is named.
  async presses(name, { status } = {}) {
    const button = this.root.getByRole("button", named(name)).first();
    await this.person.goes(() => button.click());
    if (status !== undefined) assert.equal(this.person.status, status, `after “${name}”`);
  }

  // Follows a link, which may look like a button.
  async follows(name) {
    const link = this.root.getByRole("link", named(name)).or(this.root.getByRole("button", named(name)).and(this.root.locator("a")));
    await this.person.goes(() => link.first().click());
  }

  async sees(text) {
    const found = this.root.getByText(text).filter({ visible: true }).first();
    await found.waitFor({ state: "visible" }).catch(async (error) => {
      throw new Error(`“${text}” is not to be seen on ${this.person.path}:\n${(await this.person.words()).slice(0, 3000)}`, { cause: error });
    });
  }
}

export class Person extends Place {
  // The last answer to a whole page.
  answer;
  // What no page should cause: errors in the console, uncaught ones, and what the security policy stopped.
  troubles = [];

  constructor(page, baseUrl, javaScript) {
    super(undefined, page);
    this.person = this;
    this.page = page;
    this.baseUrl = baseUrl;
    this.javaScript = javaScript;
    this.#listen();
  }

  #listen() {
    const { page } = this;
    page.on("console", (message) => {
      if (message.type() !== "error") return;
      // The browser says so of every page that is no 200; what parts of a page answer is looked at below.
      if (/^Failed to load resource: (the server responded with a status of|net::)/.test(message.text())) return;
      this.troubles.push(`console: ${message.text()} (${message.location().url})`);
    });
    page.on("pageerror", (error) => this.troubles.push(`uncaught: ${error.stack ?? error.message}`));
    page.on("dialog", (dialog) => {
      this.troubles.push(`a dialog: ${dialog.message()}`);
      dialog.dismiss().catch(() => {});
    });
    page.on("response", (response) => {
      if (response.request().isNavigationRequest() || response.status() < 400) return;
      this.troubles.push(`a part of the page answers ${response.status()}: ${response.url()}`);
    });
    page.on("request", (request) => {
      const { origin } = new URL(request.url());
      if (origin !== this.baseUrl && !request.url().startsWith("data:")) this.troubles.push(`something from elsewhere: ${request.url()}`);
    });
  }

  get path() {
    const { pathname, search } = new URL(this.page.url());
    return pathname + search;
  }

  get status() {
    return this.answer?.status();
  }

  async goes(act) {
    const [answer] = await Promise.all([this.page.waitForNavigation({ waitUntil: "load" }), act()]);
    this.answer = answer;
  }

  async opens(path, { status = 200 } = {}) {
    this.answer = await this.page.goto(path, { waitUntil: "load" });
    assert.equal(this.status, status, `${path} answers ${this.status} (${await this.page.title()}), not ${status}`);
  }

  async signsIn(email, password = PASSWORD) {
    await this.opens("/sign-in");
    await this.fills("Email address", email);
    await this.fills("Password", password);
    await this.presses("Sign in");
  }

  // Everything that the page says, tidied.
  async words() {
    return tidy(await this.page.locator("body").innerText());
  }

  async heading() {
    return tidy(await this.page.locator("h1").innerText());
  }

  async reads(heading) {
    const found = await this.heading();
    if (typeof heading === "string") assert.equal(found, heading, `the heading of ${this.path}`);
    else assert.match(found, heading, `the heading of ${this.path}`);
  }

  // Not hidden: not there at all, in no attribute either.
  async findsNoTraceOf(...texts) {
    const html = await this.page.content();
    for (const text of texts) assert.ok(!html.includes(text), `“${text}” stands in the source of ${this.path}`);
  }

  // What a field holds. `name` is its name in the form, which is its id too.
  valueOf(name) {
    return this.page.locator(`[id="${name}"]`).inputValue();
  }

  async still(values) {
    for (const [name, value] of Object.entries(values)) {
      assert.equal((await this.valueOf(name)).replaceAll("\r\n", "\n"), value, `what stands in ${name}`);
    }
  }

  // The fields that a form would post if this button were pressed, as [name, value] pairs.
  formFields(button) {
    return this.root
      .getByRole("button", named(button))
      .first()
      .evaluate((pressed) => {
        const fields = [...new FormData(pressed.form)].map(([name, value]) => [name, String(value)]);
        return pressed.name ? [...fields, [pressed.name, pressed.value]] : fields;
      });
  }

  // A request with this person's cookies, past the browser.
  async sends(path, options = {}) {
    const cookies = Object.fromEntries((await this.page.context().cookies()).map(({ name, value }) => [name, value]));
    return ask(this.baseUrl + path, { headers: { origin: this.baseUrl }, cookies, ...options });
  }

  // Waits until the browser's part runs, or could not be had.
  async settles() {
    await this.page.waitForFunction(() => document.documentElement.dataset.islands);
  }

  // Another tab of the same browser.
  async secondTab() {
    const tab = new Person(await this.page.context().newPage(), this.baseUrl, this.javaScript);
    tab.troubles = this.troubles;
    return tab;
  }

  // A part of a page was refused, and was to be: what the server says of it is no trouble.
  forgives(status, path) {
    const isMeant = (trouble) => trouble.startsWith(`a part of the page answers ${status}: `) && trouble.endsWith(path);
    this.troubles.splice(0, Infinity, ...this.troubles.filter((trouble) => !isMeant(trouble)));
  }

  // Saves a session; what the page asks to be looked at a second time is kept as it is.
  async savesSupervision() {
    await this.presses("Save supervision");
    if (await this.page.locator(".fe-second-look").count()) await this.presses("Save supervision");
  }

  async leaves() {
    await this.#throwsDraftsAway().catch(() => {});
    await this.page.context().close();
  }

  // What one scene has begun to write must not stand in the forms of the next.
  async #throwsDraftsAway() {
    const context = this.page.context();
    const pages = context.pages();
    const writes = await Promise.all(pages.map(async (page) => (await page.locator("[name='draft.address']").count()) > 0));
    // Closed without asking: a page that holds unsaved words would object.
    await Promise.all(pages.map((page) => page.close()));
    // What a page sends off as it is left, nobody waits for.
    if (this.javaScript && writes.includes(true)) await sleep(400);
    const answer = await this.sends("/drafts");
    for (const [path] of answer.text.matchAll(/\/drafts\/[-0-9a-f]{36}\/throw-away/g)) {
      const page = await this.sends(path);
      const fields = hiddenFields(page.text, path);
      await this.sends(path, { method: "POST", fields });
    }
  }
}

export function named(name) {
  return { name, exact: typeof name === "string" };
}

export const tidy = (text) => text.replace(/\s+/g, " ").trim();

export { CAST };
