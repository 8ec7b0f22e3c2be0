// Every page that each role can reach is accessible, wide and narrow, and is found by following links.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { CAST } from "./support/cast.mjs";
import { assertFaultless, faultsOf, nothingIsStored } from "./support/page-faults.mjs";
import { setStage } from "./support/stage.mjs";

// The pages that every role opens, and those that only some do. What else they link to is found by following the links.
const FOR_ALL = ["/", "/supervision", "/reflections", "/reflections/new", "/reflections/cpd", "/reflections/mirror", "/learning", "/learning/language", "/training", "/people", "/mail", "/account", "/account/mail", "/account/lens", "/account/calendar", "/drafts", "/actions", "/prepare", "/bookings", "/agreements", "/audits/mine", "/reminders", "/accessibility", "/settings", "/settings/policies", "/settings/policies/1", "/settings/ladder", "/settings/calendar", "/settings/templates", "/settings/models", "/settings/prompts", "/settings/lexicon", "/settings/caseload", "/prompts", "/supervision/peer", "/supervision/bells", "/supervision/file", "/supervision/file/besides"];
// Found by links alone, by everybody.
const BY_LINK = ["/prompts/{key}"];
const FOR_CASES = ["/cases", "/cases/{id}", "/reviews"];
const FOR_KEEPERS = ["/settings/policies/new", "/settings/policies/import", "/settings/ladder/edit", "/settings/ladder/dry-run", "/settings/ladder/steps/{concern}", "/settings/templates/{part}", "/settings/templates/{part}/edit", "/settings/models/edit", "/settings/lexicon/new", "/settings/lexicon/{key}/edit", "/settings/prompts/new", "/settings/prompts/import", "/settings/prompts/{key}", "/settings/calendar/edit", "/settings/calendar/import"];
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
  iris: [],
  bev: [],
  admin: [...FOR_KEEPERS, "/people/{id}", "/people/new", "/people/{id}/edit", "/people/{id}/supervisors", "/people/{id}/hand-over", "/people/import", "/people/leavers", "/teams", "/teams/new", "/teams/{id}/edit"],
};

// An address as a pattern: "/cases/{id}". Of the query only the names stay that make another page of it: whom to book is chosen on the page.
function patternOf(address) {
  const { pathname, searchParams } = new URL(address, "http://here");
  const query = ["supervisee"].filter((name) => searchParams.has(name) && pathname !== "/bookings/new").join("&");
  return pathname.replace(/(?<=\/steps\/)[a-z_]+$/, "{concern}").replace(/(?<=\/templates\/)[a-z_]+/, "{part}").replace(/(?<=\/prompts\/)(?!(?:new|import|export)$)[a-z0-9-]+$/, "{key}").replace(/(?<=\/lexicon\/)[a-z_0-9]+(?=\/edit)/, "{key}").replace(/\/[0-9a-f]{8}-[0-9a-f-]{27}(?=\/|$)/g, "/{id}") + (query && `?${query}`);
}

// What a page says, its keys and tokens aside.
async function mainOf(page) {
  const html = await page.locator("main").evaluate((main) => main.outerHTML);
  return html.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "").replace(/ value="[\w.~-]{20,}"/g, "");
}

// Two at a time: one page is drawn while another is judged.
describe("the pages of each role", { concurrency: 2 }, () => {
  const stage = setStage();
  // Where several roles are told the same, letter for letter, it is judged once.
  const judged = new Set();
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
          const main = await mainOf(somebody.page);
          if (!judged.has(main)) faults.push(...(await faultsOf(somebody, pattern)));
          judged.add(main);
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
