// What people mistype, send twice or may not send, and what becomes of it: a page that says how to go on, and nothing lost.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { CAST, PASSWORD } from "./support/cast.mjs";
import { daysAgo } from "./support/days.mjs";
import { Caller, hiddenFields, mainTextOf, rowsOf, titleOf } from "./support/http.mjs";
import { setStage } from "./support/stage.mjs";

const SCRIPT = `She said "stop" & left </textarea><script>alert(1)</script><img src=x onerror=alert(2)> '; DROP TABLE cases; --`;
const LONG = `${"One evening after another, and nobody asked. ".repeat(420)}The end.`;
const BROKEN = "\n\nTwo lines down,\n  indented,\n\nand a line between.";
const ACCENTS = "Zoë, Łucja and 李 – “quoted”, 👁 and ­soft\u200d joins";

for (const javaScript of [true, false]) {
  describe(`bad input, JavaScript ${javaScript ? "on" : "off"}`, () => {
    const stage = setStage();

    const gwensForm = async (priya) => {
      await priya.opens("/supervision/new");
      await priya.chooses("Who did you meet?", CAST.gwen.name);
      await priya.presses("Continue");
    };

    const personalSession = async (priya, text) => {
      await gwensForm(priya);
      await priya.chooses("How did you meet?", "Phone");
      await priya.chooses("What was it for?", "Personal supervision");
      await priya.fills("Workload", text);
    };

    test(
      "a form with mistakes keeps every word, says what is wrong and leads there",
      stage.scene(async ({ person }) => {
        const priya = await person("priya", { javaScript });
        await gwensForm(priya);
        await priya.fills("Minutes", "an hour or so");
        await priya.fillsDate("Date held", { day: "31", month: "2", year: "2026" });
        await priya.chooses("How did you meet?", "Video call");
        await priya.chooses("What was it for?", "Personal and case supervision");
        await priya.fills("How they are, and what the work does to them", SCRIPT);
        await priya.fills("Workload", LONG);
        await priya.fills("Learning and development", BROKEN);
        await priya.fills("Anything else agreed", ACCENTS);
        await priya.selects("Add a case", /^F-1042/);
        await priya.presses("Add this case");
        const entry = priya.within(/^F-1042/);
        await entry.chooses("Was the child seen?", "Yes, but not alone");
        await entry.fills("What has happened since last time", SCRIPT);
        await entry.chooses("Risk now", "Medium");
        await entry.chooses("Which way has risk gone?", "Down");
        await entry.ticks("Support was offered and declined");
        await entry.fills("Decision", `${LONG}${LONG}`);
        await entry.fills("What is to be done", BROKEN);
        await entry.fills("If somebody else, who", SCRIPT);
        await entry.fillsDate("By when", { day: "3", month: "", year: "2027" });
        await entry.fills("How we shall know", ACCENTS);
        await entry.fillsDate("Next date for this case", { day: "1", month: "1", year: "2001" });
        await entry.root.locator('[id="entry.0.prompt.0.text"]').fill(SCRIPT);
        await priya.page.locator('[name="entry.0.prompt.1.state"][value="not_relevant"]').check();

        await priya.presses("Save supervision");
        assert.equal(priya.status, 422);
        assert.match(await priya.page.title(), /^Error: .* - Fresh Eyes$/);
        await priya.reads(`Log supervision with ${CAST.gwen.name}`);
        await priya.sees("There is a problem");
        if (javaScript) {
          const focused = await priya.page.evaluate(() => Boolean(document.activeElement?.closest(".govuk-error-summary")));
          assert.ok(focused, "the summary has the focus");
        }

        const typed = {
          minutes: "an hour or so",
          "held_on.day": "31",
          "held_on.month": "2",
          "held_on.year": "2026",
          "personal.wellbeing": SCRIPT,
          "personal.workload": LONG,
          "personal.development": BROKEN,
          "personal.agreed": ACCENTS,
          "entry.0.what_happened": SCRIPT,
          "entry.0.decision": `${LONG}${LONG}`,
          "entry.0.action.0.what": BROKEN,
          "entry.0.action.0.who_else": SCRIPT,
          "entry.0.action.0.by.day": "3",
          "entry.0.action.0.by.month": "",
          "entry.0.action.0.by.year": "2027",
          "entry.0.action.0.measure": ACCENTS,
          "entry.0.next_on.year": "2001",
          "entry.0.prompt.0.text": SCRIPT,
        };
        await priya.still(typed);
        for (const [name, value] of [
          ["mode", "video"],
          ["kind", "combined"],
          ["entry.0.child_seen", "not_alone"],
          ["entry.0.risk_level", "medium"],
          ["entry.0.risk_direction", "down"],
          ["entry.0.support_declined", "yes"],
          ["entry.0.prompt.1.state", "not_relevant"],
        ]) {
          assert.ok(await priya.page.locator(`[name="${name}"][value="${value}"]`).isChecked(), `${name} is still ${value}`);
        }

        const links = await priya.page.locator(".govuk-error-summary a").evaluateAll((all) => all.map((link) => [link.getAttribute("href"), link.innerText.trim()]));
        const missing = ["held_on", "minutes", "entry.0.decision", "entry.0.rationale", "entry.0.action.0.by", "entry.0.prompt.1.text"].filter(
          (field) => !links.some(([to]) => to === `#${field}` || to.startsWith(`#${field}.`)),
        );
        assert.deepEqual(missing, [], `each mistake is in the summary: ${JSON.stringify(links)}`);
        for (const left of ["entry.0.proposal", "entry.0.child_seen_on"]) {
          assert.ok(!links.some(([to]) => to.startsWith(`#${left}`)), `${left} is left empty, which is in nobody's way`);
        }
        for (const [to, words] of links) {
          const id = decodeURIComponent(to.slice(1));
          const field = priya.page.locator(`[id="${id}"]`);
          assert.equal(await field.count(), 1, `${to} is one field`);
          await priya.page.locator(`.govuk-error-summary a[href="${to}"]`).first().click();
          const active = await priya.page.evaluate(() => document.activeElement?.id);
          assert.equal(active, id, `“${words}” leads into its field`);
          const message = await field.evaluate((element) => element.closest(".govuk-form-group--error")?.querySelector(".govuk-error-message")?.innerText ?? "nothing");
          const messages = await priya.page.locator(".govuk-error-message").allInnerTexts();
          assert.ok(messages.some((text) => text.includes(words)), `the field says the same as the summary, “${words}”: ${message}`);
          const described = await field.evaluate((element) =>
            [element, element.closest("fieldset")]
              .flatMap((part) => (part?.getAttribute("aria-describedby") ?? "").split(/\s+/))
              .filter(Boolean)
              .map((at) => document.getElementById(at)?.innerText ?? "")
              .join(" "),
          );
          assert.ok(described.includes(words), `a screen reader hears “${words}” at its field: ${described}`);
        }

        // And it can be mended and saved from there.
        await priya.fills("Minutes", "60");
        await priya.fillsDate("Date held", daysAgo(1));
        await entry.fillsDate("Date last seen", daysAgo(4));
        await entry.chooses("What is proposed for the plan?", "Step down");
        await entry.fills("Decision", LONG);
        await entry.fills("Why", SCRIPT);
        await entry.fillsDate("By when", daysAgo(-10));
        await entry.fillsDate("Next date for this case", daysAgo(-20));
        await entry.root.locator('[id="entry.0.prompt.1.text"]').fill(ACCENTS);
        await priya.savesSupervision();
        assert.equal(priya.status, 200);
        await priya.reads(`Supervision with ${CAST.gwen.name}`);
        await priya.sees(SCRIPT);
        await priya.sees("and a line between.");
        await priya.sees("Zoë, Łucja and 李");
        const scripts = await priya.page.locator("main script, main img[onerror]").count();
        assert.equal(scripts, 0, "what was typed is text, not markup");
      }),
    );

    test(
      "a reply without a reason keeps its place and its words",
      stage.scene(async ({ person }) => {
        const gwen = await person("gwen", { javaScript });
        await gwen.opens("/supervision");
        const sessions = await gwen.page.locator("main tbody a").evaluateAll((links) => links.map((link) => link.getAttribute("href")));
        const link = gwen.page.getByRole("link", { name: /^Reply to:/ }).first();
        for (const session of sessions) {
          await gwen.opens(session);
          if (await link.count()) break;
        }
        await gwen.goes(() => link.click());
        const reply = gwen.page.locator("#form");
        await reply.locator("[value=not_relevant]").check();
        await gwen.presses(/^Save reply/);
        assert.equal(gwen.status, 422);
        await gwen.sees("There is a problem");
        assert.ok(await reply.locator("[value=not_relevant]").isChecked());
        await gwen.page.locator(".govuk-error-summary a").first().click();
        assert.equal(await gwen.page.evaluate(() => document.activeElement?.localName), "textarea", "the summary leads into the box");
        await reply.locator("textarea").fill(SCRIPT);
        await gwen.presses(/^Save reply/);
        await gwen.sees(SCRIPT);
      }),
    );

    test(
      "the same form sent twice makes one record",
      stage.scene(async ({ person }) => {
        const priya = await person("priya", { javaScript });
        // Beside the form, which asks before it is left: its page does not know that it was sent.
        const list = await priya.secondTab();
        const count = async () => {
          await list.opens("/supervision");
          return list.page.locator("main tbody tr").count();
        };
        const before = await count();
        await personalSession(priya, "Sent twice at once.");
        const fields = await priya.formFields("Save supervision");
        const twice = await Promise.all([1, 2].map(() => priya.sends("/supervision/new", { method: "POST", fields })));
        assert.deepEqual(twice.map(({ status }) => status), [303, 303]);
        const paths = twice.map(({ location }) => location.split("?")[0]);
        assert.equal(paths[0], paths[1], "both lead to the one record");
        const third = await priya.sends("/supervision/new", { method: "POST", fields });
        assert.equal(third.location?.split("?")[0], paths[0], "a later repetition leads there too");
        assert.equal(await count(), before + 1);
      }),
    );

    test(
      "going back and saving again makes no second record",
      stage.scene(async ({ person }) => {
        const priya = await person("priya", { javaScript });
        const count = async () => {
          await priya.opens("/supervision");
          return priya.page.locator("main tbody tr").count();
        };
        const before = await count();
        await personalSession(priya, "Saved, then back, then saved again.");
        await priya.presses("Save supervision");
        const saved = new URL(priya.page.url()).pathname;
        await priya.page.goBack({ waitUntil: "load" });
        await priya.presses("Save supervision");
        if (priya.status === 200) assert.equal(new URL(priya.page.url()).pathname, saved);
        assert.equal(await count(), before + 1);
      }),
    );

    test(
      "a second tab's stale save shows both texts, and “Save mine” works",
      stage.scene(async ({ person }) => {
        const priya = await person("priya", { javaScript });
        await personalSession(priya, "As first written.");
        await priya.presses("Save supervision");
        const session = new URL(priya.page.url()).pathname;
        await priya.follows("Correct this part");
        const other = await priya.secondTab();
        await other.opens(`${session}/personal`);
        await priya.fills("Workload", "Changed in the first tab.");
        await priya.presses("Save");
        assert.equal(priya.status, 200);
        await other.fills("Workload", "Changed in the second tab.");
        await other.presses("Save");
        assert.equal(other.status, 409);
        await other.reads("Somebody saved this in between");
        await other.sees("What stands there now");
        await other.sees("What you wrote");
        await other.sees("Changed in the first tab.");
        await other.still({ "personal.workload": "Changed in the second tab." });
        await priya.opens(session);
        await priya.sees("Changed in the first tab.");
        await other.presses("Save mine");
        assert.equal(other.status, 200);
        await priya.opens(session);
        await priya.sees("Changed in the second tab.");
        await priya.findsNoTraceOf("Changed in the first tab.");
      }),
    );

    test(
      "a form that outlived its session can still be saved, with every word",
      stage.scene(async ({ person }) => {
        const tom = await person("tom", { javaScript });
        await tom.opens("/reflections/new");
        await tom.fills("Title", "Written before the session ended");
        await tom.fills("Anything else", BROKEN);
        const other = await tom.secondTab();
        await other.opens("/account");
        await other.presses("Sign out");
        await tom.presses("Save reflection");
        assert.equal(tom.status, 403);
        await tom.reads("Please try that again");
        await other.signsIn(CAST.tom.email);
        await tom.page.goBack({ waitUntil: "load" });
        await tom.still({ title: "Written before the session ended", body: BROKEN });
        await tom.presses("Save reflection");
        await tom.reads("Written before the session ended");
        await tom.sees("and a line between.");
        tom.forgives(403, "/drafts/save");
      }),
    );

    test(
      "a reflection with mistakes keeps its words too",
      stage.scene(async ({ person }) => {
        const tom = await person("tom", { javaScript });
        await tom.opens("/reflections/new");
        await tom.fills("Anything else", `${BROKEN}\n${SCRIPT}`);
        await tom.presses("Save reflection");
        assert.equal(tom.status, 422);
        await tom.still({ title: "", body: `${BROKEN}\n${SCRIPT}` });
        await tom.fills("Title", SCRIPT.slice(0, 150));
        await tom.presses("Save reflection");
        await tom.reads(SCRIPT.slice(0, 150));
        assert.ok((await tom.page.title()).startsWith(SCRIPT.slice(0, 150)), "the title of the page is text as well");
        await tom.sees("Two lines down,");
      }),
    );
  });
}

describe("requests that no page makes", () => {
  const stage = setStage();
  const signedIn = async (server, who) => new Caller(server.baseUrl).signsIn(CAST[who].email, PASSWORD);

  test(
    "unknown, malformed and forbidden ids are answered alike",
    stage.scene(async ({ server }) => {
      const [tom, priya, admin, hanif] = await Promise.all(["tom", "priya", "admin", "hanif"].map((who) => signedIn(server, who)));
      const gwensCase = await hanif.finds("/cases", (words) => words.includes("F-1042"));
      const list = await priya.gets("/supervision");
      const gwensSession = rowsOf(list.text).find(({ text }) => text.includes(CAST.gwen.name))?.links[0]?.to;
      assert.ok(gwensSession, "the demonstration has a session of Priya with Gwen");
      const marta = await admin.finds("/people", (words) => words === CAST.marta.name);
      const unknown = "01890a5d-ac96-774b-bcce-b302099a8057";
      const ways = [
        ["/cases/", gwensCase],
        ["/cases/", `${gwensCase}/edit`, "/edit"],
        ["/cases/", `${gwensCase}/oversight`, "/oversight"],
        ["/supervision/", gwensSession],
        ["/supervision/", `${gwensSession}/personal`, "/personal"],
        ["/reflections/"],
        ["/reflections/copies/"],
        ["/people/", marta],
        ["/people/", `${marta}/edit`, "/edit"],
        ["/training/people/", marta.replace("/people/", "/training/people/")],
        ["/training/courses/", undefined, "/edit"],
        ["/actions/"],
        ["/welcome/"],
        ["/nothing/"],
      ];
      const told = (answer) => ({ status: answer.status, title: titleOf(answer.text), main: mainTextOf(answer.text) });
      const expected = told(await tom.gets(`/cases/${unknown}`));
      assert.equal(expected.status, 404);
      assert.equal(expected.title, "Page not found - Fresh Eyes");
      const odd = ["x", "1", "-1", unknown.toUpperCase(), `${unknown}x`, "%00", "%ff", "..%2f", "%3Cscript%3E", "'", "a".repeat(3000), `${unknown}/`];
      for (const [stem, forbidden, end = ""] of ways) {
        for (const id of [unknown, ...odd]) {
          const path = `${stem}${id}${end}`;
          assert.deepEqual(told(await tom.gets(path)), expected, path.slice(0, 120));
        }
        if (forbidden) assert.deepEqual(told(await tom.gets(forbidden)), expected, `${forbidden}, which Tom may not open`);
      }
      const dee = await signedIn(server, "dee");
      for (const path of ["/training/completions/", "/training/courses/", "/training/people/"]) {
        const end = { "/training/completions/": "/withdraw", "/training/courses/": "/edit" }[path] ?? "";
        for (const id of [unknown, "x"]) assert.deepEqual(told(await dee.gets(`${path}${id}${end}`)).status, 404, `${path}${id}${end}, as the coordinator`);
      }
      for (const path of ["/cases/new", "/training/completions/new", "/training/courses/new", "/people/new", `/supervision/new?supervisee=${unknown}`, "/supervision/new?supervisee=x"]) {
        assert.deepEqual(told(await tom.gets(path)), expected, `${path}, which Tom may not open`);
      }
    }),
  );

  test(
    "a body over one mebibyte is refused",
    stage.scene(async ({ server }) => {
      const tom = await signedIn(server, "tom");
      const form = hiddenFields((await tom.gets("/reflections/new")).text, "/reflections/new");
      const answer = await tom.posts("/reflections/new", [...form, ["title", "Too long"], ["body", "x".repeat(1024 * 1024 + 1)]]);
      assert.equal(answer.status, 413);
      assert.match(mainTextOf(answer.text), /That is too much text/);
      assert.match(titleOf(answer.text), /That is too much text/);
      const just = await tom.posts("/reflections/new", [...form, ["title", "Just within"], ["body", "x".repeat(900 * 1024)]]);
      assert.equal(just.status, 422, "within the limit it is the form's own affair");
      assert.ok(just.text.includes("x".repeat(900 * 1024)), "and nothing is cut off");
    }),
  );

  test(
    "a form from another site, or without its token, changes nothing",
    stage.scene(async ({ server }) => {
      const tom = await signedIn(server, "tom");
      const page = await tom.gets("/reflections/new");
      const form = hiddenFields(page.text, "/reflections/new");
      const fields = [...form, ["title", "Planted from elsewhere"], ["body", "I never wrote this."], ["audience", "private"]];
      const own = server.baseUrl;
      const without = fields.filter(([name]) => name === "title" || name === "body" || name === "audience");
      const token = form.filter(([, value]) => value.length >= 20).map(([name]) => name);
      const attempts = [
        ["another site", fields, { origin: "https://elsewhere.example" }],
        ["another port", fields, { origin: "http://127.0.0.1:1" }],
        ["another scheme", fields, { origin: own.replace("http:", "https:") }],
        ["a look-alike", fields, { origin: `${own}.elsewhere.example` }],
        ["a sandbox", fields, { origin: "null" }],
        ["another site, as the browser says", fields, { "sec-fetch-site": "cross-site" }],
        ["a sister site, as the browser says", fields, { origin: own, "sec-fetch-site": "same-site" }],
        ["another site's page", fields, { referer: "https://elsewhere.example/page" }],
        ["no hidden field at all", without, { origin: own }],
        ["hidden fields emptied", fields.map(([name, value]) => [name, token.includes(name) ? "" : value]), { origin: own }],
        ["hidden fields spoilt", fields.map(([name, value]) => [name, token.includes(name) ? `${value.slice(0, -2)}xx` : value]), { origin: own }],
      ];
      for (const [what, sent, headers] of attempts) {
        const answer = await tom.posts("/reflections/new", sent, headers);
        assert.equal(answer.status, 403, `${what}: ${answer.status}`);
        assert.match(mainTextOf(answer.text), /Please try that again/, what);
      }
      const of = await signedIn(server, "luca");
      const stolen = hiddenFields((await of.gets("/reflections/new")).text, "/reflections/new");
      const planted = await tom.posts("/reflections/new", [...stolen, ...without]);
      assert.equal(planted.status, 403, "another person's token");
      assert.ok(!(await tom.gets("/reflections")).text.includes("Planted from elsewhere"), "nothing was made");
      assert.equal((await tom.posts("/reflections/new", fields)).status, 303, "the same form from the page itself is taken");
      for (const path of ["/sign-in", "/sign-out"]) {
        const answer = await tom.posts(path, [["email", CAST.tom.email], ["password", PASSWORD]], { origin: "https://elsewhere.example" });
        assert.equal(answer.status, 403, `${path} from another site`);
      }
    }),
  );

  test(
    "after ten wrong passwords an account waits, whoever asks, and whether it exists or not",
    stage.scene(async ({ stranger }) => {
      const guesser = await stranger();
      const guess = async (email, password) => {
        await guesser.opens("/sign-in");
        await guesser.fills("Email address", email);
        await guesser.fills("Password", password);
        await guesser.presses("Sign in");
      };
      for (const email of [CAST.bev.email, "nobody@example.org"]) {
        for (let round = 1; round <= 10; round += 1) {
          await guess(email, `not it ${round}`);
          assert.equal(guesser.status, 422);
          await guesser.sees("The email address or password is not right");
          await guesser.still({ email, password: "" });
        }
        await guess(email, "not it 11");
        assert.equal(guesser.status, 422);
        await guesser.sees("Too many tries. Wait 15 minutes, then try again");
      }
      await guess(CAST.bev.email, PASSWORD);
      assert.equal(guesser.status, 422);
      await guesser.sees("Too many tries. Wait 15 minutes, then try again");
      await guess(CAST.dee.email, PASSWORD);
      await guesser.reads(/My week$/);
    }),
  );
});
