// What was typed and not saved yet: it is there again after whatever happened, letter by letter.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { CAST, PASSWORD } from "./support/cast.mjs";
import { Caller, hiddenFields } from "./support/http.mjs";
import { edits, idleFor } from "./support/python.mjs";
import { startServer } from "./support/server.mjs";
import { setStage } from "./support/stage.mjs";

const WORDS = "Zoë said: “nobody asked me”.\n\n  She <b>means</b> it & 'so' \"do\" I; 李 👁.\n\tAnd then – nothing.";
const WORKLOAD = "personal.workload";
const DEVELOPMENT = "personal.development";

// The form for a session with Gwen, as one comes to it.
const gwensForm = async (priya) => {
  await priya.opens("/supervision/new");
  await priya.chooses("Who did you meet?", CAST.gwen.name);
  await priya.presses("Continue");
};

const types = async (somebody, name, text) => {
  const box = somebody.page.locator(`[id="${name}"]`);
  await box.focus();
  await box.press("Control+End");
  await box.pressSequentially(text);
};

const saved = (somebody) => somebody.sees(/^Saved \d+(:\d\d)?[ap]m$/);

const drafts = async (somebody) => {
  const answer = await somebody.sends("/drafts");
  return [...answer.text.matchAll(/\/drafts\/([-0-9a-f]{36})"/g)].map(([, id]) => id);
};

describe("drafts while somebody types", () => {
  const stage = setStage();

  const live = async (somebody) => {
    await gwensForm(somebody);
    await somebody.settles();
  };

  test(
    "two seconds after the last letter it is saved; a window that is killed takes nothing with it",
    stage.scene(async ({ person }) => {
      const priya = await person("priya");
      await priya.page.clock.install();
      await live(priya);
      await priya.chooses("How did you meet?", "Phone");
      await types(priya, WORKLOAD, WORDS);
      await saved(priya);
      // The page's own clock stands still from here on, so that it can be told to the millisecond when a draft leaves.
      await priya.page.clock.pauseAt(Date.now() + 60_000);
      const sent = [];
      priya.page.on("request", (request) => sent.push(request.method()));
      await types(priya, DEVELOPMENT, "A course.");
      await priya.page.clock.runFor(1_900);
      assert.deepEqual(sent, [], "it waits for whoever goes on typing");
      const leaves = priya.page.waitForResponse((response) => response.request().method() === "POST");
      await priya.page.clock.runFor(200);
      assert.equal((await leaves).status(), 200);
      const kept = await priya.page.evaluate(async () => [localStorage.length, sessionStorage.length, (await indexedDB.databases()).length]);
      assert.deepEqual(kept, [0, 0, 0], "nothing is kept in the browser");
      // As if the browser had crashed: no page hears that it is being left.
      const session = await priya.page.context().newCDPSession(priya.page);
      session.send("Page.crash").catch(() => {});
      await priya.page.waitForEvent("crash");

      const later = await person("priya");
      await gwensForm(later);
      await later.still({ [WORKLOAD]: WORDS, [DEVELOPMENT]: "A course." });
      assert.ok(await later.within("How did you meet?").field("Phone").isChecked(), "what was chosen too");
      await later.sees("This is your draft of");
      assert.equal(await later.page.evaluate(() => document.activeElement.id), DEVELOPMENT, "the cursor is where it was");
      priya.page = await priya.page.context().newPage();
    }),
  );

  test(
    "whoever follows a link in the middle of a word finds the word",
    stage.scene(async ({ person }) => {
      const priya = await person("priya");
      await live(priya);
      await types(priya, WORKLOAD, "Half a wor");
      await priya.follows("Cases");
      await gwensForm(priya);
      await priya.still({ [WORKLOAD]: "Half a wor" });
    }),
  );

  test(
    "without a connection the page says so, tries again, and then it is saved",
    stage.scene(async ({ person }) => {
      const priya = await person("priya");
      await live(priya);
      await priya.page.context().setOffline(true);
      await types(priya, WORKLOAD, WORDS);
      await priya.sees("Not saved: the server cannot be reached. Trying again");
      await priya.page.context().setOffline(false);
      await saved(priya);
      const tab = await priya.secondTab();
      await gwensForm(tab);
      await tab.still({ [WORKLOAD]: WORDS });
    }),
  );

  test(
    "the session runs out: the page says so, and after signing in in another tab goes on by itself",
    stage.scene(async ({ person, server }) => {
      const priya = await person("priya");
      await live(priya);
      await types(priya, WORKLOAD, "Before. ");
      await saved(priya);
      await idleFor(server, 20);
      await types(priya, WORKLOAD, "After.");
      await priya.sees("You are signed out");
      assert.equal(await priya.page.evaluate(() => document.activeElement.id), WORKLOAD, "the cursor is not taken from a word");
      const [opened] = await Promise.all([priya.page.context().waitForEvent("page"), priya.page.getByRole("link", { name: /^Sign in again/ }).click()]);
      await opened.waitForLoadState();
      await opened.getByLabel("Email address").fill(CAST.priya.email);
      await opened.getByLabel("Password").fill(PASSWORD);
      await Promise.all([opened.waitForNavigation(), opened.getByRole("button", { name: "Sign in" }).click()]);
      assert.equal(await opened.locator("h1").innerText(), `Log supervision with ${CAST.gwen.name}`, "back at the same form");
      assert.equal(await opened.locator(`[id="${WORKLOAD}"]`).inputValue(), "Before. After.", "nothing of it is lost");
      await opened.close();
      await priya.page.getByText("You are signed out").waitFor({ state: "hidden", timeout: 15_000 });
      await types(priya, WORKLOAD, " And on.");
      await saved(priya);
      await priya.still({ [WORKLOAD]: "Before. After. And on." });
      // A page whose session has been followed by another is refused once, and then takes the new session’s token.
      priya.forgives(403, "/drafts/save");
      await priya.presses("Save draft");
      await priya.still({ [WORKLOAD]: "Before. After. And on." });
    }),
  );

  test(
    "when somebody else signs in in the same browser, nothing is saved for them",
    stage.scene(async ({ person, server }) => {
      const priya = await person("priya");
      await live(priya);
      await types(priya, WORKLOAD, "Mine.");
      await saved(priya);
      await idleFor(server, 20);
      const tab = await priya.secondTab();
      await tab.signsIn(CAST.tom.email);
      await types(priya, WORKLOAD, " Still mine.");
      await priya.sees("Somebody else is signed in here");
      assert.deepEqual(await drafts(tab), []);
      await tab.signsIn(CAST.priya.email);
      // A page whose session has been followed by another is refused once, and then takes the new session’s token.
      priya.forgives(403, "/drafts/save");
    }),
  );

  test(
    "two windows: the second is told, both texts stand beside each other, and none is lost",
    stage.scene(async ({ person }) => {
      const priya = await person("priya");
      await live(priya);
      const second = await priya.secondTab();
      await gwensForm(second);
      await second.settles();
      await types(priya, WORKLOAD, "In the first window.");
      await saved(priya);
      await types(second, WORKLOAD, "In the second window.");
      await second.sees(/^Another window saved this draft at /);
      second.forgives(409, "/drafts/save");
      await second.presses("Compare the two");
      assert.equal(second.status, 409);
      await second.reads("You wrote this in another window too");
      await second.sees("In the first window.");
      await second.still({ [WORKLOAD]: "In the second window." });
      const bodies = async () => Promise.all((await drafts(second)).map(async (id) => (await second.sends(`/drafts/${id}`)).text));
      await sleep(3_000);
      assert.ok((await bodies()).some((body) => body.includes("In the first window.")), "looking at both takes nothing away");
      await second.settles();
      await second.fills("Workload", "In the first window. In the second window.");
      await second.presses("Save draft");
      await second.sees("Draft saved");
      await second.still({ [WORKLOAD]: "In the first window. In the second window." });
      assert.ok((await bodies()).some((body) => body.includes("In the first window.") && !body.includes("In the second window.")), "and the other stays in the list");
    }),
  );

  test(
    "two minutes before the end the page warns, and one press is enough to stay",
    stage.scene(async ({ person, server }) => {
      const priya = await person("priya");
      await priya.page.clock.install();
      await live(priya);
      await types(priya, WORKLOAD, "Thinking.");
      await priya.page.clock.runFor(3_000);
      await saved(priya);
      const warning = priya.page.getByRole("alertdialog");
      // Somebody is at work in another window: there is nothing to warn of.
      await priya.page.clock.runFor(13.5 * 60_000);
      await sleep(500);
      assert.ok(!(await warning.isVisible()));
      await idleFor(server, 13.5);
      await priya.page.clock.runFor(13.5 * 60_000);
      await priya.sees(/^You will be signed out at \d+:\d\d[ap]m$/);
      await priya.page.getByRole("alert").filter({ hasText: "What you typed is kept either way." }).waitFor();
      await warning.getByRole("button", { name: "Stay signed in" }).focus();
      await priya.page.keyboard.press("Enter");
      await warning.waitFor({ state: "hidden" });
      await priya.still({ [WORKLOAD]: "Thinking." });
      assert.equal((await priya.sends("/")).status, 200, "still signed in");
    }),
  );

  test(
    "what is saved as a record is no draft any longer",
    stage.scene(async ({ person }) => {
      const priya = await person("priya");
      await live(priya);
      await priya.chooses("How did you meet?", "Phone");
      await priya.chooses("What was it for?", "Personal supervision");
      await types(priya, WORKLOAD, "Eighteen cases.");
      await saved(priya);
      assert.equal((await drafts(priya)).length, 1);
      await types(priya, WORKLOAD, " Too many.");
      await priya.presses("Save supervision");
      await priya.sees("Eighteen cases. Too many.");
      await sleep(500);
      assert.deepEqual(await drafts(priya), []);
      await gwensForm(priya);
      await priya.still({ [WORKLOAD]: "" });
    }),
  );

  test(
    "what is typed before the page is wholly there is saved as well",
    stage.scene(async ({ person }) => {
      const priya = await person("priya");
      let goOn;
      const held = new Promise((resolve) => (goOn = resolve));
      await priya.page.route(/_bg\.wasm/, async (route) => {
        await held;
        await route.continue();
      });
      await gwensForm(priya);
      await types(priya, WORKLOAD, "Quicker than the network.");
      goOn();
      await priya.settles();
      await saved(priya);
      const tab = await priya.secondTab();
      await gwensForm(tab);
      await tab.still({ [WORKLOAD]: "Quicker than the network." });
    }),
  );

  test(
    "what one window saves as a record takes nothing from what another has written",
    stage.scene(async ({ person }) => {
      const priya = await person("priya");
      await live(priya);
      await priya.chooses("How did you meet?", "Phone");
      await priya.chooses("What was it for?", "Personal supervision");
      await types(priya, DEVELOPMENT, "A course.");
      await saved(priya);
      const second = await priya.secondTab();
      await gwensForm(second);
      await second.settles();
      await types(second, WORKLOAD, "Much more was said.");
      await saved(second);
      await priya.presses("Save supervision");
      await priya.sees("Supervision saved");
      await types(second, WORKLOAD, " And more.");
      await sleep(3_000);
      const texts = await Promise.all((await drafts(second)).map(async (id) => (await second.sends(`/drafts/${id}`)).text));
      assert.ok(texts.some((text) => text.includes("Much more was said. And more.")), "the second window is saved");
      assert.ok(texts.some((text) => text.includes("Much more was said.")));
    }),
  );

  test(
    "the server dies in the middle of a sentence: at most three seconds of typing are gone",
    stage.scene(async ({ person, server }) => {
      const priya = await person("priya");
      await live(priya);
      const typed = [];
      const began = Date.now();
      while (Date.now() - began < 7_000) {
        const letters = `word ${typed.length} `;
        await types(priya, WORKLOAD, letters);
        typed.push({ at: Date.now(), letters });
      }
      const died = Date.now();
      await server.kill();
      // The machine that types goes too: only what the server has counts.
      await priya.page.context().setOffline(true);
      await server.start();
      const later = await person("priya");
      await gwensForm(later);
      const found = await later.valueOf(WORKLOAD);
      const all = typed.map(({ letters }) => letters).join("");
      assert.ok(all.startsWith(found), found);
      const sure = typed.filter(({ at }) => died - at > 3_000).map(({ letters }) => letters).join("");
      assert.ok(sure.length > 100 && found.length >= sure.length, `${found.length} of ${all.length} letters, ${sure.length} were older than three seconds`);
      priya.troubles.length = 0;
    }),
  );
});

describe("drafts without JavaScript", () => {
  const stage = setStage();
  const quiet = { javaScript: false };

  test(
    "a button saves the draft, the list leads back to it, and it can be thrown away",
    stage.scene(async ({ person }) => {
      const priya = await person("priya", quiet);
      await gwensForm(priya);
      await priya.fills("Workload", WORDS);
      await priya.presses("Save draft");
      await priya.sees("Draft saved");
      await priya.still({ [WORKLOAD]: WORDS });
      await priya.follows("Supervision");
      await priya.follows("Drafts");
      await priya.follows(`Log supervision with ${CAST.gwen.name}`);
      await priya.sees("“nobody asked me”");
      await priya.follows("Go on writing");
      await priya.still({ [WORKLOAD]: WORDS });
      await priya.follows("Throw it away and begin afresh");
      await priya.reads("Throw this draft away?");
      await priya.presses("Throw it away");
      await priya.sees("The draft is thrown away");
      await priya.sees("No drafts");
      await gwensForm(priya);
      await priya.still({ [WORKLOAD]: "" });
    }),
  );

  test(
    "the session has run out when the form is sent: it waits, whole, behind signing in",
    stage.scene(async ({ person, server }) => {
      const priya = await person("priya", quiet);
      await gwensForm(priya);
      await priya.chooses("How did you meet?", "Video call");
      await priya.selects("Add a case", /^F-1042/);
      await priya.presses("Add this case");
      await priya.fills("Workload", WORDS);
      await priya.within(/^F-1042/).fills("Decision", "Bring it forward.");
      await idleFor(server, 20);
      await priya.presses("Save supervision");
      await priya.reads("Sign in");
      await priya.sees("What you had typed is kept");
      await priya.fills("Email address", CAST.priya.email);
      await priya.fills("Password", PASSWORD);
      await priya.presses("Sign in");
      await priya.reads(`Log supervision with ${CAST.gwen.name}`);
      await priya.still({ [WORKLOAD]: WORDS, "entry.0.decision": "Bring it forward." });
      assert.ok(await priya.within("How did you meet?").field("Video call").isChecked());
    }),
  );

  test(
    "a window that is killed takes nothing with it that the button has saved",
    stage.scene(async ({ person }) => {
      const priya = await person("priya", quiet);
      await gwensForm(priya);
      await priya.chooses("How did you meet?", "Phone");
      await priya.fills("Workload", WORDS);
      await priya.presses("Save draft");
      await priya.sees("Draft saved");
      const session = await priya.page.context().newCDPSession(priya.page);
      session.send("Page.crash").catch(() => {});
      await priya.page.waitForEvent("crash");
      const later = await person("priya", quiet);
      await gwensForm(later);
      await later.still({ [WORKLOAD]: WORDS });
      assert.ok(await later.within("How did you meet?").field("Phone").isChecked(), "what was chosen too");
      priya.page = await priya.page.context().newPage();
    }),
  );

  test(
    "the connection is cut before or after the form has arrived, or the server is killed: loaded again, it is saved once",
    stage.scene(async ({ person, server }) => {
      const priya = await person("priya", quiet);
      const { page } = priya;
      const sendsInto = async (words, breaks, mends) => {
        await gwensForm(priya);
        await priya.chooses("How did you meet?", "Phone");
        await priya.chooses("What was it for?", "Personal supervision");
        await priya.fills("Workload", words);
        await breaks();
        const failed = priya.page.waitForEvent("requestfailed");
        await priya.page.getByRole("button", { name: "Save supervision" }).click({ noWaitAfter: true });
        await failed;
        // The browser's own page comes after that: until it is there, nothing can be loaded again.
        for (const patience = Date.now() + 10_000; !page.url().startsWith("chrome-error:") && Date.now() < patience; ) await sleep(20);
        await mends();
        // What the browser offers on its own page: it sends the form again.
        await priya.page.reload();
        await priya.sees("“nobody asked me”");
      };
      await sendsInto(WORDS, () => page.context().setOffline(true), () => page.context().setOffline(false));
      await sendsInto(`${WORDS} Again.`, () => server.kill(), () => server.start());
      // It arrives and is saved, and the answer is lost.
      const loses = async (route) => {
        assert.equal((await route.fetch({ maxRedirects: 0 })).status(), 303);
        await route.abort();
      };
      await sendsInto(`${WORDS} And again.`, () => page.route("**/supervision/new*", loses), () => page.unroute("**/supervision/new*"));
      priya.troubles.length = 0;
      const listed = await priya.sends("/supervision");
      const today = listed.text.match(/<tr\b[^]*?<\/tr>/g).filter((row) => row.includes(CAST.gwen.name) && row.includes("Personal supervision"));
      assert.equal(today.length, 3, "each once");
    }),
  );

  test(
    "a form that is not right is kept too, and so is one with a case more",
    stage.scene(async ({ person }) => {
      const priya = await person("priya", quiet);
      await gwensForm(priya);
      await priya.fills("Workload", WORDS);
      await priya.presses("Save supervision");
      assert.equal(priya.status, 422);
      await gwensForm(priya);
      await priya.still({ [WORKLOAD]: WORDS });
      await priya.selects("Add a case", /^F-1042/);
      await priya.presses("Add this case");
      await gwensForm(priya);
      await priya.sees(/^F-1042/);
    }),
  );

  test(
    "two windows: both texts stand beside each other",
    stage.scene(async ({ person }) => {
      const priya = await person("priya", quiet);
      await gwensForm(priya);
      const second = await priya.secondTab();
      await gwensForm(second);
      await priya.fills("Workload", "In the first window.");
      await priya.presses("Save draft");
      await second.fills("Workload", "In the second window.");
      await second.presses("Save draft");
      assert.equal(second.status, 409);
      await second.sees("In the first window.");
      await second.still({ [WORKLOAD]: "In the second window." });
      await second.presses("Save draft");
      await second.sees("Draft saved");
      await second.still({ [WORKLOAD]: "In the second window." });
    }),
  );

  test(
    "a draft is its author’s alone",
    stage.scene(async ({ person }) => {
      const priya = await person("priya", quiet);
      await gwensForm(priya);
      await priya.fills("Workload", "A canary sings in here.");
      await priya.presses("Save draft");
      const [id] = await drafts(priya);
      for (const who of ["gwen", "ros", "helen", "admin", "hanif"]) {
        const other = await person(who, quiet);
        await other.opens(`/drafts/${id}`, { status: 404 });
        await other.opens(`/drafts/${id}/throw-away`, { status: 404 });
        const token = hiddenFields((await other.sends("/account")).text).find(([name]) => name === "form_token");
        assert.equal((await other.sends(`/drafts/${id}/throw-away`, { method: "POST", fields: [token] })).status, 404);
        await other.opens("/drafts");
        await other.findsNoTraceOf(`Log supervision with ${CAST.gwen.name}`, "canary");
      }
    }),
  );
});

test("sixty-four people are typing when the server is killed: whatever it had called saved is there", async () => {
  const server = await startServer();
  try {
    const authors = ["priya", "tom", "gwen", "luca", "amal", "nia", "owen", "farah"];
    const callers = await Promise.all(authors.map((who) => new Caller(server.baseUrl).signsIn(CAST[who].email, PASSWORD)));
    const typists = [];
    for (const caller of callers) {
      const form = hiddenFields((await caller.gets("/reflections/new")).text, "/reflections/new");
      const token = form.find(([name]) => name === "form_token");
      for (let place = 0; place < 8; place += 1) typists.push({ caller, token, place, address: `/reflections/new?place=${place}`, known: 0 });
    }
    let isAlive = true;
    const typing = typists.map(async (typist) => {
      for (let word = 1; isAlive; word += 1) {
        const fields = [typist.token, ["draft.address", typist.address], ["draft.window", String(typist.place)], ["draft.typed_at", String(word)], ["draft.text_box", "body Your reflection"], ["body", textOf(typist, word)]];
        const answer = await typist.caller.posts("/drafts/save", fields).catch(() => undefined);
        if (answer?.status === 200) typist.known = word;
        else if (isAlive) assert.fail(`answered ${answer?.status}`);
        await sleep(200);
      }
    });
    await sleep(4_000);
    isAlive = false;
    await server.kill();
    await Promise.all(typing);
    await server.start();
    assert.match((await server.run(["audit", "verify"])).stdout, /whole/);
    for (const typist of typists) {
      assert.ok(typist.known > 3, "each had saved several times");
      const page = (await typist.caller.gets(typist.address)).text;
      const found = /<textarea[^>]*name="body"[^>]*>\s*([^<]*)</.exec(page)[1].trim();
      const words = [typist.known, typist.known + 1].map((word) => textOf(typist, word));
      assert.ok(words.includes(found), `${typist.address}: “${found.slice(-40)}”, saved was word ${typist.known}`);
    }
  } finally {
    await server.stop();
  }
});

const textOf = ({ place }, words) => Array.from({ length: words }, (_, word) => `person ${place} word ${word}`).join(", ");

test("drafts without a word are forgotten after a week, and what ran out too", async () => {
  const server = await startServer();
  try {
    const priya = await new Caller(server.baseUrl).signsIn(CAST.priya.email, PASSWORD);
    const form = hiddenFields((await priya.gets("/reflections/new")).text, "/reflections/new");
    const token = form.find(([name]) => name === "form_token");
    const save = (address, body) => priya.posts("/drafts/save", [token, ["draft.address", address], ["draft.text_box", "body B"], ["body", body]]);
    await save("/reflections/new?empty", " ");
    await save("/reflections/new?written", "A word");
    await edits(server.database, "UPDATE drafts SET saved_at = '2026-01-01 00:00:00'");
    await server.halt();
    await server.start();
    const rows = async () => (await priya.gets("/drafts")).text.match(/throw-away/g)?.length;
    assert.equal(await rows(), 1, "what has words stays");
    assert.equal((await save("/reflections/new?empty", "Now")).status, 200);
    assert.match((await save("/reflections/new?empty", "Now")).text, /version=2/, "the empty one was gone and is begun anew");
  } finally {
    await server.stop();
  }
});
