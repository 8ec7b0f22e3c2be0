// Who may open which page: every page, every person of the demonstration, and somebody who has not signed in. Written out by
// hand from the rules, so that a rule that changes by mistake is seen here.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { CAST, EVERYBODY, PASSWORD } from "./support/cast.mjs";
import { ask, Caller, hiddenFields, linksOf, rowsOf, titleOf } from "./support/http.mjs";
import { startServer } from "./support/server.mjs";

// Groups that several rules speak of.
const RIVERSIDE = ["priya", "tom", "gwen", "luca", "amal", "nia", "owen", "farah"];
const WORK_WITH_CASES = [...RIVERSIDE, "helen", "ros", "marta", "jo", "hanif"];
const MANAGE_A_TEAM = ["helen", "ros", "priya", "marta"];
const SUPERVISE_SOMEBODY = [...MANAGE_A_TEAM, "owen"];
// The line of management of the Riverside team.
const ABOVE_RIVERSIDE = ["priya", "ros", "helen"];
const COORDINATOR = ["dee"];
const ADMINISTRATOR = ["admin"];
const KEEP_RULES = ["helen", "admin"];

// Each page and who may open it; everybody else is told that there is no such page. In place of {…} comes what the
// demonstration holds: see `before`.
const PAGES = {
  "/": EVERYBODY,
  "/cases": WORK_WITH_CASES,
  "/cases?words=F&plan_type=cp": WORK_WITH_CASES,
  "/cases/new": MANAGE_A_TEAM,
  "/cases/import": MANAGE_A_TEAM,
  "/cases/import/template": MANAGE_A_TEAM,
  "/cases/{gwensCase}": ["gwen", "luca", ...ABOVE_RIVERSIDE, "hanif"],
  "/cases/{gwensCase}/edit": ABOVE_RIVERSIDE,
  "/cases/{gwensCase}/oversight": ABOVE_RIVERSIDE,
  "/cases/{tomsCase}": ["tom", "owen", ...ABOVE_RIVERSIDE, "hanif"],
  "/cases/{tomsCase}/edit": ABOVE_RIVERSIDE,
  "/cases/{josCase}": ["jo", "marta", "ros", "helen", "hanif"],
  "/cases/{josCase}/oversight": ["marta", "ros", "helen"],
  "/learning": EVERYBODY,
  "/learning/language": EVERYBODY,
  "/supervision": EVERYBODY,
  "/supervision/new": SUPERVISE_SOMEBODY,
  "/supervision/new?supervisee={gwen}": ["priya"],
  "/supervision/new?supervisee={tom}": ["priya", "owen"],
  "/supervision/new?supervisee={priya}": ["ros"],
  "/supervision/new?supervisee={admin}": [],
  "/supervision/{session}": ["priya", "gwen", "ros"],
  "/supervision/{session}/personal": ["priya"],
  "/supervision/{session}/sign": ["priya", "gwen"],
  "/supervision/{session}/openings": ["priya", "gwen"],
  "/supervision/{session}/add": ["priya", "gwen"],
  "/supervision/{session}/reopen": ["priya", "gwen"],
  "/supervision/{session}/void": ["ros"],
  "/supervision/new?supervisee={gwen}&kind=group": ["priya"],
  "/supervision/new?supervisee={gwen}&kind=serious_incident": ["priya"],
  "/supervision/new?supervisee={tom}&kind=live": ["priya"],
  "/supervision/{session}/pdf": ["priya", "gwen", "ros"],
  "/supervision/{session}/text": ["priya", "gwen", "ros"],
  "/supervision/file": EVERYBODY,
  "/supervision/file/besides": EVERYBODY,
  "/supervision/peer": EVERYBODY,
  "/supervision/peer?supervisee={gwen}": RIVERSIDE.filter((who) => who !== "gwen"),
  "/supervision/bells": EVERYBODY,
  "/cases/{gwensCase}/siblings": ABOVE_RIVERSIDE,
  "/settings/templates": EVERYBODY,
  "/settings/templates/group": EVERYBODY,
  "/settings/models": EVERYBODY,
  "/settings/models/edit": KEEP_RULES,
  "/settings/templates/weather": [],
  "/settings/templates/group/edit": KEEP_RULES,
  "/settings/prompts": EVERYBODY,
  "/settings/prompts/new": KEEP_RULES,
  "/settings/prompts/import": KEEP_RULES,
  "/settings/prompts/export": EVERYBODY,
  "/settings/prompts/worth-copying": KEEP_RULES,
  "/settings/prompts/weather": [],
  "/prompts": EVERYBODY,
  "/prompts?show=later": EVERYBODY,
  "/prompts/worth-copying": EVERYBODY,
  "/prompts/weather": [],
  "/reflections": EVERYBODY,
  "/reflections/new": EVERYBODY,
  "/reflections/cpd": EVERYBODY,
  "/reflections/{gwensReflection}/cpd": ["gwen"],
  "/reflections/{gwensReflection}": ["gwen"],
  "/reflections/{gwensReflection}/edit": ["gwen"],
  "/reflections/{gwensReflection}/delete": ["gwen"],
  "/reflections/{gwensReflection}/share": ["gwen"],
  "/reflections/{gwensReflection}/agenda": ["gwen"],
  "/reflections/{tomsReflection}": ["tom"],
  "/reflections/copies/{tomsCopy}": ["tom", "priya"],
  "/training": EVERYBODY,
  "/training/completions/new": COORDINATOR,
  "/training/courses/new": COORDINATOR,
  "/training/courses/{course}/edit": COORDINATOR,
  "/training/completions/{completion}/withdraw": COORDINATOR,
  "/training/people/{gwen}": ["gwen", ...ABOVE_RIVERSIDE, "dee"],
  "/training/people/{priya}": [...ABOVE_RIVERSIDE, "dee"],
  "/training/people/{tom}": ["tom", ...ABOVE_RIVERSIDE, "owen", "dee"],
  "/training/people/{admin}": ["admin", "helen", "dee"],
  "/reviews": WORK_WITH_CASES,
  "/reviews?band=in-date&plan_type=cp": WORK_WITH_CASES,
  "/reviews/book": SUPERVISE_SOMEBODY,
  "/reviews/oversight": WORK_WITH_CASES,
  "/reviews/oversight?case={gwensCase}": WORK_WITH_CASES,
  "/reminders": EVERYBODY,
  "/reminders/put-off?concern=case_supervision&subject={gwensCase}&due=2026-01-01": ABOVE_RIVERSIDE,
  "/reminders/put-off?concern=personal_supervision&subject={gwen}&due=2026-01-01": ABOVE_RIVERSIDE,
  "/reminders/put-off?concern=weather&subject={gwen}&due=2026-01-01": [],
  "/cases/{gwensCase}/risk": ["gwen", "luca", ...ABOVE_RIVERSIDE],
  "/cases/{gwensCase}/variation": ["ros", "helen"],
  "/people/{gwen}/absences/new": ABOVE_RIVERSIDE,
  "/people/{gwen}/variation?line=line": ABOVE_RIVERSIDE,
  "/people/{priya}/absences/new": ["ros", "helen"],
  "/settings": EVERYBODY,
  "/settings/policies": EVERYBODY,
  "/settings/policies/1": EVERYBODY,
  "/settings/policies/99": [],
  "/settings/policies/export": EVERYBODY,
  "/settings/policies/new": KEEP_RULES,
  "/settings/policies/import": KEEP_RULES,
  "/settings/policies/compare?from=1&to=1": EVERYBODY,
  "/settings/caseload": EVERYBODY,
  "/settings/caseload/edit": KEEP_RULES,
  "/settings/ladder": EVERYBODY,
  "/settings/ladder/edit": KEEP_RULES,
  "/settings/ladder/dry-run": KEEP_RULES,
  "/settings/ladder/steps/overdue_action": KEEP_RULES,
  "/settings/ladder/steps/weather": [],
  "/settings/calendar": EVERYBODY,
  "/settings/calendar/edit": KEEP_RULES,
  "/settings/calendar/import": KEEP_RULES,
  "/account/mail": EVERYBODY,
  "/account/lens": EVERYBODY,
  "/settings/lexicon": EVERYBODY,
  "/settings/lexicon/new": KEEP_RULES,
  "/settings/lexicon/chaotic/edit": KEEP_RULES,
  "/settings/lexicon/weather/edit": [],
  "/drafts": EVERYBODY,
  "/prepare": EVERYBODY,
  "/prepare/{priya}/{gwen}": ["priya", "gwen"],
  "/prepare/{priya}/{gwen}/agenda": ["priya", "gwen"],
  "/prepare/{priya}/{gwen}/form": ["gwen"],
  "/actions": EVERYBODY,
  "/requests": EVERYBODY,
  "/account/calendar": EVERYBODY,
  "/agreements": EVERYBODY,
  "/agreements/new": [],
  "/agreements/new?supervisee={gwen}": ["priya"],
  "/agreements/new?supervisee={priya}": ["ros"],
  "/agreements/{tomsAgreement}": ["priya", "tom", "ros"],
  "/agreements/{tomsAgreement}/edit": ["priya"],
  "/agreements/{tomsAgreement}/sign": ["priya", "tom"],
  "/audits": ["hanif", "helen"],
  "/audits/new": ["hanif"],
  "/audits/mine": EVERYBODY,
  "/bookings": EVERYBODY,
  "/bookings/new": SUPERVISE_SOMEBODY,
  "/bookings/{tomsBooking}/move": ["priya", "tom"],
  "/bookings/{tomsBooking}/cancel": ["priya", "tom"],
  "/people": EVERYBODY,
  "/people/new": ADMINISTRATOR,
  "/people/import": ADMINISTRATOR,
  "/people/import/template": ADMINISTRATOR,
  "/people/leavers": ADMINISTRATOR,
  "/people/{gwen}/hand-over": ADMINISTRATOR,
  "/people/{gwen}": [...RIVERSIDE, "ros", "helen", "dee", "hanif", "admin"],
  "/people/{priya}": [...RIVERSIDE, "ros", "helen", "dee", "hanif", "admin"],
  "/people/{ros}": ["ros", "helen", "priya", "marta", "dee", "hanif", "admin"],
  "/people/{admin}": ["admin", "helen", "bev", "dee", "hanif"],
  "/people/{gwen}/edit": ADMINISTRATOR,
  "/people/{gwen}/supervisors": ADMINISTRATOR,
  "/teams": ADMINISTRATOR,
  "/teams/new": ADMINISTRATOR,
  "/teams/{team}/edit": ADMINISTRATOR,
  "/questions/{gwensQuestion}": ["gwen", "priya"],
  "/mail": EVERYBODY,
  "/account": EVERYBODY,
  "/actions/{gwensAction}": ["gwen", ...ABOVE_RIVERSIDE],
};

// Pages that are there for somebody who has not signed in; every other path leads to the sign-in page.
const OPEN = ["/sign-in", "/accessibility"];

describe("access", () => {
  let server;
  const people = {};
  const found = {};

  before(async () => {
    server = await startServer();
    for (const who of EVERYBODY) people[who] = await new Caller(server.baseUrl).signsIn(CAST[who].email, PASSWORD);
    const last = (address) => address.split("?")[0].split("/").at(-1);
    const { hanif, admin, dee, gwen, tom, priya } = people;
    for (const [name, reference] of [["gwensCase", "F-1042"], ["tomsCase", "F-1077"], ["josCase", "D-055"]]) {
      found[name] = last(await hanif.finds(`/cases?words=${reference}`, (words) => words.includes(reference)));
    }
    for (const who of ["gwen", "tom", "priya", "ros", "admin"]) found[who] = last(await admin.finds("/people", (words) => words === CAST[who].name));
    const sessions = rowsOf((await gwen.gets("/supervision")).text).filter(({ text }) => text.includes(CAST.priya.name));
    found.session = last(sessions[0].links[0].to);
    found.team = (await admin.finds("/teams", (_, to) => to.endsWith("/edit"))).split("/")[2];
    found.course = (await dee.finds("/training", (_, to) => /^\/training\/courses\/[0-9a-f-]{36}\/edit$/.test(to))).split("/")[3];
    found.completion = (await dee.finds(`/training/people/${found.gwen}`, (_, to) => to.endsWith("/withdraw"))).split("/")[3];
    found.gwensQuestion = await everySession(gwen, /href="\/questions\/([0-9a-f-]{36})"/);
    found.gwensAction = last(await gwen.finds(`/cases/${found.gwensCase}`, (_, to) => to.startsWith("/actions/")));
    found.gwensReflection = last(await gwen.finds("/reflections", (words) => words === "The door"));
    found.tomsReflection = last(await tom.finds("/reflections", (words) => words === "What a good visit felt like"));
    found.tomsAgreement = (await tom.finds("/agreements", (_, to) => /^\/agreements\/[0-9a-f-]{36}$/.test(to))).split("/")[2];
    found.tomsBooking = (await tom.finds("/bookings", (_, to) => to.endsWith("/move"))).split("/")[2];
    found.tomsCopy = last(await priya.finds("/reflections", (_, to) => to.startsWith("/reflections/copies/")));
  });

  after(() => server?.stop());

  const filled = (path) =>
    path.replace(/\{(\w+)\}/g, (_, name) => {
      assert.ok(found[name], `the demonstration holds no ${name}`);
      return found[name];
    });

  for (const [path, allowed] of Object.entries(PAGES)) {
    test(`${path}`, async () => {
      const address = filled(path);
      const expected = Object.fromEntries(EVERYBODY.map((who) => [who, allowed.includes(who) ? 200 : 404]));
      const answers = {};
      for (const who of EVERYBODY) answers[who] = await people[who].gets(address);
      assert.deepEqual(Object.fromEntries(Object.entries(answers).map(([who, { status }]) => [who, status])), expected);
      for (const [who, answer] of Object.entries(answers)) {
        assertGuarded(answer, `${path}, ${who}`);
        if (answer.status !== 404) continue;
        assert.equal(titleOf(answer.text), "Page not found - Fresh Eyes");
      }
      const stranger = await ask(server.baseUrl + address);
      assert.equal(stranger.status, 303, "somebody who has not signed in");
      assert.match(stranger.location, /^\/sign-in(\?next=|$)/);
      assertGuarded(stranger, path);
      const worn = await ask(server.baseUrl + address, { cookies: Object.fromEntries(Object.keys(people.priya.cookies).map((name) => [name, "x".repeat(43)])) });
      assert.equal(worn.status, 303, "somebody with a cookie that is no session");
    });
  }

  for (const path of OPEN) {
    test(`${path}, for somebody who has not signed in`, async () => {
      const answer = await ask(server.baseUrl + path);
      assert.equal(answer.status, 200);
      assertGuarded(answer, path);
    });
  }

  for (const path of ["/nowhere", "/cases/nowhere", "/cases/01890a5d-ac96-774b-bcce-b302099a8057", "/supervision/new/x", "/pkg/nothing.js"]) {
    test(`${path}, which is not there for anybody`, async () => {
      for (const who of EVERYBODY) {
        const answer = await people[who].gets(path);
        assert.equal(answer.status, 404, who);
        assert.equal(titleOf(answer.text), "Page not found - Fresh Eyes");
        assertGuarded(answer, path);
      }
      const stranger = await ask(server.baseUrl + path);
      assert.ok([303, 404].includes(stranger.status), "somebody who has not signed in");
    });
  }

  test("what no link leads to is not done by posting either", async () => {
    const tries = [
      ["tom", `/cases/${found.gwensCase}/oversight`],
      ["tom", `/cases/${found.gwensCase}/edit`],
      ["hanif", `/cases/${found.gwensCase}/oversight`],
      ["gwen", "/cases/new"],
      ["gwen", `/supervision/${found.session}/personal`],
      ["ros", `/supervision/${found.session}/personal`],
      ["tom", "/supervision/new"],
      ["priya", "/training/completions/new"],
      ["dee", "/people/new"],
      ["priya", `/people/${found.gwen}/edit`],
      ["hanif", `/actions/${found.gwensAction}`],
      ["helen", "/audits/new"],
      ["priya", "/audits/new"],
      ["priya", `/reflections/${found.gwensReflection}/edit`],
      ["priya", `/reflections/${found.tomsReflection}/edit`],
    ];
    for (const [who, path] of tries) {
      const token = hiddenFields((await people[who].gets("/account")).text, "/sign-out");
      const answer = await people[who].posts(path, [...token, ["title", "x"], ["body", "x"], ["personal.workload", "x"], ["note", "x"], ["state", "done"], ["version", "1"]]);
      assert.equal(answer.status, 404, `${who} posts to ${path}`);
    }
  });

  test("nobody gets far after signing out, and the page that was open says no more", async () => {
    const bev = await new Caller(server.baseUrl).signsIn(CAST.bev.email, PASSWORD);
    const page = await bev.gets("/account");
    const old = { ...bev.cookies };
    const answer = await bev.posts("/sign-out", hiddenFields(page.text, "/sign-out"));
    assert.equal(answer.status, 303);
    assert.equal((await bev.gets("/account")).status, 303);
    assert.equal((await ask(`${server.baseUrl}/account`, { cookies: old })).status, 303, "the old cookie is worth nothing");
  });
});

// What is found first on the pages of somebody's sessions.
async function everySession(caller, pattern) {
  const { text } = await caller.gets("/supervision");
  for (const { to } of linksOf(text).filter(({ to }) => /^\/supervision\/[0-9a-f-]{36}$/.test(to))) {
    const match = pattern.exec((await caller.gets(to)).text);
    if (match) return match[1];
  }
  return undefined;
}

// What protects every answer.
function assertGuarded({ headers, status }, what) {
  assert.match(headers["content-security-policy"] ?? "", /default-src 'none'|default-src 'self'/, `${what}: content security policy`);
  assert.doesNotMatch(headers["content-security-policy"], /unsafe-inline|'unsafe-eval'/, what);
  assert.match(headers["content-security-policy"], /frame-ancestors 'none'/, what);
  assert.equal(headers["x-content-type-options"], "nosniff", what);
  assert.ok(["same-origin", "no-referrer", "strict-origin"].includes(headers["referrer-policy"]), `${what}: ${headers["referrer-policy"]}`);
  if (status === 200) assert.match(headers["cache-control"] ?? "", /no-store/, `${what}: kept by no cache`);
}
