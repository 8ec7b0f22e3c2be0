// The main job, end to end: a team manager logs supervision, a practitioner reflects on it, a training coordinator keeps the
// courses, and when a case goes unreviewed its manager gets a mail. Once with JavaScript and once without.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { tidy } from "./support/browser.mjs";
import { CAST } from "./support/cast.mjs";
import { daysAgo, inDays, goingOut, workingMorning } from "./support/days.mjs";
import { assertSaysNothing } from "./support/forbidden.mjs";
import { startMail } from "./support/mail.mjs";
import { isAboutBias, isCalledFor, question } from "./support/prompts.mjs";
import { setStage } from "./support/stage.mjs";

// Each text stands in one field only, so that where it is found later says what was shown to whom.
const WROTE = {
  wellbeing: "Carries the weight of the Tuesday visits home with her.",
  workload: "Seventeen families, three of them new this month.",
  development: "Would like to sit in on a group supervision.",
  agreed: "Leave from the nineteenth stands whatever happens.",
  happened: "A third call to the police in eleven months; the eldest rang.",
  decision: "Ask for a strategy discussion tomorrow morning.",
  why: "The pattern is quicker than the plan.",
  action: "Ring the school nurse about the eldest",
  measure: "The nurse has seen her alone",
  fallback: "Tell the team manager the same day",
  answer: "That he would stay away while the order stands.",
  notRelevant: "Nobody in this family is hard to visit.",
  reply: "I had not asked what she would call a good week.",
  title: "What I did not ask on Tuesday",
  reflection: "I looked at the door more than at the children.",
  later: "I looked at the door, and I know now why.",
};

const PERSONAL = [WROTE.wellbeing, WROTE.workload, WROTE.development, WROTE.agreed];
const QUESTIONS_UNDER_ENTRY = [0, 1, 2].map((slot) => `[id="entry.0.prompt.${slot}.question"]`);

for (const javaScript of [true, false]) {
  describe(`the story, JavaScript ${javaScript ? "on" : "off"}`, () => {
    const stage = setStage();
    const told = {};

    test(
      "Priya logs supervision with Gwen, about her and about F-1042",
      stage.scene(async ({ person }) => {
        const priya = await person("priya", { javaScript });
        await priya.follows("Log supervision");
        await priya.reads("Log supervision");
        await priya.chooses("Who did you meet?", CAST.gwen.name);
        await priya.presses("Continue");
        await priya.reads(`Log supervision with ${CAST.gwen.name}`);

        await priya.fillsDate("Date held", daysAgo(1));
        await priya.fills("Minutes", "95");
        await priya.chooses("How did you meet?", "In person");
        await priya.chooses("What was it for?", "Personal and case supervision");
        await priya.fills("How they are, and what the work does to them", WROTE.wellbeing);
        await priya.fills("Workload", WROTE.workload);
        await priya.fills("Learning and development", WROTE.development);
        await priya.fills("Anything else agreed", WROTE.agreed);
        await priya.selects("Add a case", /^F-1042/);
        await priya.presses("Add this case");
        await priya.still({
          minutes: "95",
          "personal.wellbeing": WROTE.wellbeing,
          "personal.workload": WROTE.workload,
          "personal.development": WROTE.development,
          "personal.agreed": WROTE.agreed,
        });

        if (javaScript) await priya.settles();
        const entry = priya.within(/^F-1042/);
        await entry.chooses("Was the child seen?", "Yes, alone");
        await entry.fillsDate("Date last seen", daysAgo(2));
        await entry.fills("What has happened since last time", WROTE.happened);
        await entry.chooses("Risk now", "High");
        await entry.chooses("Which way has risk gone?", "Up");
        if (javaScript) await priya.sees("Questions changed: risk has gone up");
        await entry.chooses("What is proposed for the plan?", "Carry on with the plan");
        await entry.fills("Decision", WROTE.decision);
        await entry.fills("Why", WROTE.why);
        await entry.fills("What is to be done", WROTE.action);
        await entry.selects("Who", new RegExp(`^${CAST.gwen.name}`));
        await entry.fillsDate("By when", inDays(5));
        await entry.fills("How we shall know", WROTE.measure);
        await entry.fills("If it is not done, then", WROTE.fallback);
        await entry.fillsDate("Next date for this case", inDays(21));

        const put = await Promise.all(QUESTIONS_UNDER_ENTRY.map(async (at) => tidy(await priya.page.locator(at).innerText())));
        assert.equal(new Set(put).size, 3, "three different questions");
        if (javaScript) assert.ok(put.some((words) => isCalledFor(words, "risk_up")), `one of them called for by the rise: ${put.join(" | ")}`);
        const [first, second] = [0, 1];
        await entry.fills(put[first], WROTE.answer);
        await priya.page.locator(`[name="entry.0.prompt.${second}.state"][value="not_relevant"]`).check();
        await entry.fills(put[second], WROTE.notRelevant);

        await priya.savesSupervision();
        await priya.reads(`Supervision with ${CAST.gwen.name}`);
        await priya.sees("Supervision saved");
        for (const text of [...PERSONAL, WROTE.happened, WROTE.decision, WROTE.why, WROTE.action]) await priya.sees(text);
        await priya.sees(put[first]);
        await priya.sees(WROTE.answer);
        await priya.sees(put[second]);
        await priya.sees(WROTE.notRelevant);
        told.session = new URL(priya.page.url()).pathname;
        assert.match(told.session, /^\/supervision\/[0-9a-f-]{36}$/);

        // What is still open was called for by what was chosen, whether the page could change before it was saved or not.
        told.open = tidy(await priya.page.locator(".fe-prompt", { has: priya.page.getByRole("link", { name: /^Reply to:/ }) }).first().locator(".fe-prompt__question").innerText());
        question(told.open);
        assert.ok(
          [told.open, put[first], put[second]].some((words) => isCalledFor(words, "risk_up")),
          `the session puts a question that a rise in risk calls for: ${told.open}`,
        );
      }),
    );

    test(
      "the entry stands on the case's timeline, newest first",
      stage.scene(async ({ person }) => {
        const priya = await person("priya", { javaScript });
        await priya.opens("/cases");
        await priya.follows("F-1042");
        await priya.reads(/F-1042/);
        told.case = new URL(priya.page.url()).pathname;
        const entries = await priya.page.locator(".fe-timeline > li").allInnerTexts();
        const newest = entries.findIndex((text) => text.includes(WROTE.decision));
        assert.ok(newest >= 0, `the new entry stands on the timeline: ${entries.map(tidy).join("\n")}`);
        assert.ok(newest <= 1, "at its top, or below a change of risk on the same day");
        assert.match(entries[newest], /Case supervision/);
        await priya.sees(WROTE.action);
        const days = await priya.page.locator(".fe-timeline > li").evaluateAll((items) => items.map((item) => item.querySelector("time")?.dateTime.slice(0, 10)));
        assert.ok(days.every(Boolean), "each entry says when");
        assert.deepEqual(days, [...days].sort().reverse(), "newest first");
        await priya.findsNoTraceOf(...PERSONAL);
      }),
    );

    test(
      "Gwen reads the session and replies to a question",
      stage.scene(async ({ person }) => {
        const gwen = await person("gwen", { javaScript });
        await gwen.sees("Questions waiting");
        await gwen.opens("/supervision");
        await gwen.page.locator(`main a[href="${told.session}"]`).first().waitFor();
        await gwen.goes(() => gwen.page.locator(`main a[href="${told.session}"]`).first().click());
        await gwen.reads(`Supervision with ${CAST.priya.name}`);
        for (const text of [...PERSONAL, WROTE.decision, WROTE.answer]) await gwen.sees(text);
        await gwen.follows(`Reply to: ${told.open}`);
        await gwen.fills(told.open, WROTE.reply);
        await gwen.presses(/^Save reply/);
        await gwen.opens(told.session);
        await gwen.sees(WROTE.reply);
      }),
    );

    test(
      "Gwen writes a reflection about the case and shares it; Priya's copy stays as it was",
      stage.scene(async ({ person }) => {
        const gwen = await person("gwen", { javaScript });
        await gwen.opens(told.case);
        await gwen.follows("Write a reflection");
        await gwen.fills("Title", WROTE.title);
        await gwen.fills("Anything else", WROTE.reflection);
        const put = await gwen.page.locator('[id^="prompt."][id$=".question"]').allInnerTexts();
        assert.equal(put.map(tidy).filter(Boolean).filter(isAboutBias).length, 1, `one question about bias: ${put.join(" | ")}`);
        await gwen.chooses("Who may read it?", `Share a copy with ${CAST.priya.name}`);
        await gwen.presses("Save reflection");
        await gwen.sees("Reflection saved");
        await gwen.reads(WROTE.title);
        told.reflection = new URL(gwen.page.url()).pathname;

        const priya = await person("priya", { javaScript });
        await priya.opens("/reflections");
        await priya.follows(WROTE.title);
        told.copy = new URL(priya.page.url()).pathname;
        assert.match(told.copy, /^\/reflections\/copies\//);
        await priya.sees(WROTE.reflection);

        await gwen.follows("Change");
        await gwen.still({ body: WROTE.reflection });
        await gwen.fills("Anything else", WROTE.later);
        await gwen.presses("Save reflection");
        await gwen.sees(WROTE.later);
        await gwen.findsNoTraceOf(WROTE.reflection);

        await priya.opens(told.copy);
        await priya.sees(WROTE.reflection);
        await priya.findsNoTraceOf(WROTE.later);
        await priya.opens(told.reflection, { status: 404 });
        await priya.findsNoTraceOf(WROTE.later, WROTE.reflection);
      }),
    );

    test(
      "Dee records a course for two people at once and sees the matrix change",
      stage.scene(async ({ person }) => {
        const dee = await person("dee", { javaScript });
        await dee.opens("/training");
        const before = await matrix(dee);
        const { course, people } = lacking(before, 2);
        await dee.follows("Record completions");
        await dee.reads("Record completions");
        await dee.selects("Course", course);
        await dee.fillsDate("Date completed", daysAgo(3));
        for (const name of people) await dee.ticks(name);
        await dee.fills("Note", "Delivered by the partnership");
        await dee.presses("Save completions");
        await dee.sees("2 completions saved");
        const now = await matrix(dee);
        for (const name of people) assert.match(now[name][course], /^In date/, `${name}, ${course}`);
        for (const [name, row] of Object.entries(before)) {
          for (const [title, standing] of Object.entries(row)) {
            if (title !== course || !people.includes(name)) assert.equal(now[name][title], standing, `${name}, ${title}: unchanged`);
          }
        }
      }),
    );

    test(
      "the personal part is read by the two and by Priya's manager, and is not there for anybody else",
      stage.scene(async ({ person }) => {
        const ros = await person("ros", { javaScript });
        await ros.opens(told.session);
        for (const text of PERSONAL.filter((text) => text !== WROTE.wellbeing)) await ros.sees(text);
        await ros.findsNoTraceOf(WROTE.wellbeing);
        await ros.sees("What is written here is for the two of them.");
        for (const who of ["hanif", "dee", "admin", "tom", "luca", "bev", "marta", "helen"]) {
          const other = await person(who, { javaScript });
          for (const path of [told.session, `${told.session}/personal`, told.reflection, told.copy]) {
            await other.opens(path, { status: 404 });
            await other.reads("Page not found");
            await other.findsNoTraceOf(...PERSONAL, WROTE.answer, WROTE.reply, WROTE.reflection, WROTE.later);
          }
          await other.leaves();
        }
        const hanif = await person("hanif", { javaScript });
        await hanif.opens(told.case);
        await hanif.sees(WROTE.decision);
        await hanif.findsNoTraceOf(...PERSONAL, `About ${CAST.gwen.name}`, WROTE.answer, WROTE.notRelevant, WROTE.reply);
      }),
    );

    test(
      "the manager of unreviewed cases gets one mail, which says nothing about anybody",
      stage.scene(async ({ server, person }) => {
        const mail = await startMail({ encryption: "starttls" });
        try {
          const morning = workingMorning();
          const work = (word, at = morning) => server.run([word, "--at", at], { settings: mail.settings });
          await work("remind");
          await work("deliver");
          const told = new Map();
          for (const letter of mail.received) told.set(letter.to[0], [...(told.get(letter.to[0]) ?? []), letter]);
          assert.ok(told.has(CAST.priya.email), "Priya is told");
          for (const [who, letters] of told) assert.ok(letters.length <= 2, `${who}: one digest, and at most one urgent mail`);
          for (const { to, from, encrypted, mail: letter } of mail.received) {
            assert.equal(to.length, 1, "one recipient");
            assert.equal(from, "fresh-eyes@example.org");
            assert.ok(encrypted, "sent after STARTTLS");
            assert.equal(letter.headers.get("auto-submitted"), "auto-generated");
            assert.match(letter.subject, /^Supervision: \d+ items? needs? you$/);
            assert.match(letter.text, /You get this because the rule “[^”]+” tells the /);
            assert.ok(letter.text.includes(`${server.baseUrl}/reminders`), letter.text);
            assert.ok(letter.html.includes(`href="${server.baseUrl}/reminders"`), "the same as HTML");
            assert.equal(letter.attachments.length, 0);
            assertSaysNothing(letter);
          }
          const sent = mail.received.length;
          await work("remind");
          await work("deliver");
          assert.equal(mail.received.length, sent, "a second round sends nothing");

          const priya = await person("priya", { javaScript });
          await priya.opens("/mail");
          await priya.sees("Sent");
          await priya.opens("/reminders");
          const waiting = await priya.page.locator("main tbody tr").count();
          const counted = told.get(CAST.priya.email).map(({ mail: { subject } }) => Number(/(\d+)/.exec(subject)[1]));
          assert.equal(waiting, counted.reduce((sum, count) => sum + count), "as many as her mails count");
          await priya.opens("/reviews");
          const rows = await priya.page.locator("main tbody tr").allInnerTexts();
          assert.match(rows[0], /F-1211/, "nobody leads it: its manager looks first");
          assert.match(rows[1], /F-1203|F-1166/, "then comes what was never discussed");
          assert.ok(rows.every((row) => !row.includes("F-1042")), "what was discussed yesterday is in date again");
        } finally {
          await mail.stop();
        }
        await server.run(["audit", "verify"]);
      }),
    );
  });
}

describe("when mail cannot leave", () => {
  const stage = setStage();

  test(
    "it waits, the mail page says why, and it is sent once when the mail server takes it",
    stage.scene(async ({ server, person }) => {
      const mail = await startMail({ encryption: "tls" });
      const { FRESH_EYES_SMTP_CA: _, ...withoutAuthority } = mail.settings;
      const morning = workingMorning();
      const deliver = (settings = mail.settings) => server.run(["deliver", "--at", morning], { settings });
      const admin = await person("admin");
      const states = async () => {
        await admin.opens("/mail");
        return admin.page.locator("main tbody tr").allInnerTexts();
      };
      const againAtOnce = async () => {
        await admin.opens("/mail");
        while (await admin.page.getByRole("button", { name: /^Send again/ }).count()) await admin.presses(/^Send again/);
      };
      try {
        await server.run(["remind", "--at", morning]);
        const waiting = await states();
        assert.ok(waiting.length > 0, "it is in the outbox");
        for (const row of waiting) assert.match(row, /Waiting/);

        await mail.shut();
        await deliver();
        for (const row of await states()) assert.match(row, /Not sent yet, will be tried again/);

        await mail.open();
        await deliver();
        assert.equal(mail.received.length, 0, "not hammered: the next try waits for its time");

        mail.refuses = 451;
        await againAtOnce();
        await deliver();
        assert.ok(mail.refused > 0, "the mail server was asked");
        for (const row of await states()) assert.match(row, /451/);

        mail.refuses = undefined;
        await againAtOnce();
        await deliver(withoutAuthority);
        assert.equal(mail.received.length, 0, "a mail server for whose certificate nobody vouches gets nothing");
        for (const row of await states()) assert.match(row, /Not sent yet, will be tried again/);

        await againAtOnce();
        await deliver();
        assert.equal(mail.received.length, waiting.length);
        for (const { encrypted, mail: letter } of mail.received) {
          assert.ok(encrypted);
          assertSaysNothing(letter);
        }
        await deliver();
        await server.run(["remind", "--at", morning]);
        await deliver();
        assert.equal(mail.received.length, waiting.length, "sent once");
        for (const row of await states()) assert.match(row, /Sent/);
      } finally {
        await mail.stop();
      }
    }),
  );

  test(
    "without settings for mail, `deliver` says so and the server goes on",
    stage.scene(async ({ server }) => {
      const { stderr } = await server.run(["deliver"], { fails: true });
      assert.match(stderr, /FRESH_EYES_SMTP is not set/);
    }),
  );
});

describe("the server by itself", () => {
  let mail;
  before(async () => {
    mail = await startMail({ encryption: "starttls" });
  });
  after(() => mail.stop());
  const stage = setStage({ settings: () => ({ ...mail.settings, FRESH_EYES_REMIND_EVERY_MINUTES: "60", FRESH_EYES_DELIVER_EVERY_SECONDS: "1" }) });

  test(
    "works out what is due and sends it on a working day, without anybody typing a command",
    stage.scene(async ({ server, person }) => {
      const now = goingOut();
      for (let wait = 0; wait < (now === "digests" ? 100 : 30) && mail.received.length === 0; wait += 1) await sleep(100);
      if (now === "nothing") assert.equal(mail.received.length, 0, "nothing goes out at night, at a weekend or on a bank holiday");
      if (now !== "digests") return;
      const priya = await person("priya");
      await priya.opens("/reminders");
      assert.ok((await priya.page.locator("main tbody tr").count()) > 0, "what she was told of is listed");
      for (let wait = 0; wait < 100 && !mail.received.some(({ to }) => to[0] === CAST.priya.email); wait += 1) await sleep(100);
      assertSaysNothing(mail.received[0].mail);
      const ids = mail.received.map(({ mail: letter }) => letter.messageId);
      assert.match(ids[0], /^<[0-9a-f-]{36}@example\.org>$/);
      await sleep(3000);
      const sent = mail.received.length;
      await server.run(["deliver"]);
      assert.equal(mail.received.length, sent, "the command has nothing left to send");
    }),
  );
});

// The matrix as { name: { course: standing } }.
function matrix(person) {
  return person.page.locator("main table").first().evaluate((table) => {
    const tidy = (cell) => cell.innerText.replace(/\s+/g, " ").trim();
    const courses = [...table.tHead.rows[0].cells].slice(1).map(tidy);
    return Object.fromEntries(
      [...table.tBodies[0].rows].map((row) => {
        const [head, ...cells] = row.cells;
        return [(head.querySelector("a") ?? head.firstChild).textContent.trim(), Object.fromEntries(cells.map((cell, at) => [courses[at], tidy(cell)]))];
      }),
    );
  });
}

// A course, and so many people who have yet to do it.
function lacking(all, count) {
  for (const course of Object.keys(Object.values(all)[0])) {
    const people = Object.keys(all).filter((name) => /^(Never done|Expired)/.test(all[name][course]));
    if (people.length >= count) return { course, people: people.slice(0, count) };
  }
  throw new Error(`no course that ${count} people lack: ${JSON.stringify(all)}`);
}
