// What is wrong with a page for people who see little, use no mouse or zoom in.

import assert from "node:assert/strict";
import { axe } from "./axe.mjs";
import { smallTargets } from "./targets.mjs";

const WIDE = { width: 1280, height: 900 };
const NARROW = { width: 320, height: 700 };

// Everything that is wrong with a page as it stands, one line for each thing.
export async function faultsOf(person, what) {
  const { page } = person;
  const faults = [];
  const note = (about, found) => faults.push(...[found].flat().map((one) => `${what}${about}: ${one}`));
  if ((await page.locator("h1").count()) !== 1) note("", "it has not one heading of the first rank");
  if (!/^\S.* - Fresh Eyes$/.test(await page.title())) note("", `its title is “${await page.title()}”`);
  if ((await page.locator("html").getAttribute("lang")) !== "en-GB") note("", "it does not name its language");
  for (const size of [WIDE, NARROW]) {
    await page.setViewportSize(size);
    const at = ` at ${size.width} px`;
    // No colour of ours depends on the width (see the style sheets).
    note(`${at}, axe-core`, await axe(page, { contrast: size === WIDE }));
    note(`${at}, under 24 × 24 px`, await smallTargets(page));
    const [wide, room] = await page.evaluate(() => [document.scrollingElement.scrollWidth, innerWidth]);
    if (wide > room) note(at, `scrolls sideways, ${wide} px, because of ${await widest(page)}`);
  }
  await page.setViewportSize(WIDE);
  return faults;
}

export const assertFaultless = (faults) => assert.equal(faults.length, 0, `\n  ${faults.join("\n  ")}\n`);

export const checkPage = async (person, what) => assertFaultless(await faultsOf(person, what));

// The same in a story that is told with scripts and without: axe-core is a script.
export const checkPageWithScripts = async (person) => person.javaScript && checkPage(person, person.path);

// What reaches furthest to the right, for the message.
export function widest(page) {
  return page.evaluate(() => {
    const reaching = [...document.querySelectorAll("main *, header *, nav *, footer *")].filter((element) => element.getBoundingClientRect().right > innerWidth + 1);
    return reaching.slice(0, 3).map((element) => element.outerHTML.slice(0, 160)).join("\n");
  });
}

export const nothingIsStored = async (person, what) => {
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
