// The journal: its author's alone, whatever is looked at; shared as a copy, replied to, taken back; shut without its key.

import assert from "node:assert/strict";
import { readdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { axe } from "./support/axe.mjs";
import { CAST, EVERYBODY, PASSWORD } from "./support/cast.mjs";
import { Caller, hiddenFields, linksOf, mainTextOf } from "./support/http.mjs";
import { startServer } from "./support/server.mjs";
import { setStage } from "./support/stage.mjs";

// Words that stand nowhere else, each for one part of the journal.
const CANARY = {
  title: "Quolltitle",
  step: "Quollstep",
  body: "Quollbody",
  checkIn: "Quollcheckin",
  answer: "Quollanswer",
  draft: "Quolldraft",
  ranOut: "Quollranout",
  refused: "Quollrefused",
};
const SHARED = "Quollshared";
const REPLY = "Quollreply";

// Every file under a folder, as text.
async function filesUnder(folder) {
  const found = [];
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isFile()) found.push(path.join(entry.parentPath, entry.name));
  }
  return found;
}

describe("what is private", () => {
  let server;
  let gwen;

  before(async () => {
    server = await startServer({ settings: { FRESH_EYES_LOG: "debug" } });
    gwen = await new Caller(server.baseUrl).signsIn(CAST.gwen.email, PASSWORD);
  });
  after(() => server?.stop());

  const assertNowhere = async (words) => {
    const files = await filesUnder(server.folder);
    assert.ok(files.some((file) => file.endsWith(".sqlite-wal")) && files.some((file) => file.endsWith("backup.sqlite")), files.join(" "));
    for (const file of files) {
      const text = (await readFile(file)).toString("latin1");
      for (const word of words) assert.ok(!text.includes(word), `“${word}” stands in ${path.basename(file)}`);
    }
    for (const word of words) assert.ok(!server.log.includes(word), `“${word}” stands in the log`);
  };

  test("stands in no file, log, mail or page of anybody else, in clear", async () => {
    const page = await gwen.gets("/reflections/new");
    const form = hiddenFields(page.text, "/reflections/new");
    const fields = [
      ...form,
      ["title", CANARY.title],
      ["step.what", CANARY.step],
      ["body", `${CANARY.body}\n${SHARED}`],
      ["feeling", "2"],
      ["feeling_words", CANARY.checkIn],
      ["prompt.0.text", CANARY.answer],
    ];
    // Drafts of it, saved as somebody types; a form with a mistake; and one from a session that has run out.
    const draft = (body) => [...fields.filter(([name]) => name !== "body"), ["draft.text_box", "body Anything else"], ["body", body]];
    assert.equal((await gwen.posts("/drafts/save", draft(CANARY.draft))).status, 200);
    const refused = await gwen.posts("/reflections/new", [...fields.filter(([name]) => name !== "title" && name !== "body"), ["title", ""], ["body", CANARY.refused], ["draft.text_box", "body Anything else"]]);
    assert.equal(refused.status, 422);
    const saved = await gwen.posts("/reflections/new", fields);
    assert.equal(saved.status, 303);
    const own = saved.location.split("?")[0];
    const again = await gwen.gets(own);
    for (const word of [CANARY.title, CANARY.step, CANARY.body, CANARY.checkIn, CANARY.answer]) assert.ok(again.text.includes(word), `${word} is there for Gwen`);
    // A second draft that stays.
    const other = hiddenFields((await gwen.gets(`${own}/edit`)).text, `${own}/edit`);
    await gwen.posts("/drafts/save", [...other, ["title", CANARY.draft], ["draft.text_box", "body Anything else"], ["body", CANARY.draft]]);
    assert.ok((await gwen.gets(`${own}/edit`)).text.includes(CANARY.draft), "the draft is there for Gwen");
    await server.run(["backup", path.join(server.folder, "backup.sqlite")]);
    await server.run(["remind"]);
    await assertNowhere(Object.values(CANARY));

    const guesses = [own, `${own}/edit`, `${own}/share`, `${own}/agenda`, "/reflections", "/drafts", "/mail", "/cases?words=Quoll", "/people?name=Quoll", "/supervision/file", "/reminders"];
    for (const who of EVERYBODY.filter((name) => name !== "gwen")) {
      const caller = await new Caller(server.baseUrl).signsIn(CAST[who].email, PASSWORD);
      for (const address of guesses) {
        const { text } = await caller.gets(address);
        assert.ok(!/Quoll(?!")/.test(mainTextOf(text)) || address.includes("Quoll"), `${who} reads of it on ${address}`);
        for (const word of Object.values(CANARY)) assert.ok(!text.includes(word), `${who} reads “${word}” on ${address}`);
      }
    }

    // A part is shared: it is sealed too, and only its reader and its author read it.
    const share = `${own}/share`;
    const sharing = hiddenFields((await gwen.gets(share)).text, share);
    const priya = await new Caller(server.baseUrl).signsIn(CAST.priya.email, PASSWORD);
    const reader = /value="([-0-9a-f]{36})"[^>]*>Priya Nair/.exec((await gwen.gets(share)).text)[1];
    const answer = await gwen.posts(share, [...sharing, ["audience", reader], ["title", "A part"], ["body", SHARED]]);
    assert.equal(answer.status, 303, mainTextOf(answer.text));
    const copy = await priya.finds("/reflections", (words) => words === "A part");
    const theirs = await priya.gets(copy);
    assert.ok(theirs.text.includes(SHARED) && !theirs.text.includes(CANARY.body) && !theirs.text.includes(CANARY.checkIn));
    assert.equal((await priya.posts(copy, [...hiddenFields(theirs.text, copy), ["reply", REPLY]])).status, 303);
    assert.ok((await gwen.gets("/reflections")).text.includes("Priya Nair has replied"));
    await assertNowhere([...Object.values(CANARY), SHARED, REPLY]);
  });

  test("what is longer than a box is refused with the limit named, and what fits is saved whole", async () => {
    const form = hiddenFields((await gwen.gets("/reflections/new")).text, "/reflections/new");
    const answer = await gwen.posts("/reflections/new", [...form, ["title", "Long"], ["body", "x".repeat(200_000)]]);
    assert.equal(answer.status, 422);
    assert.match(mainTextOf(answer.text), /Shorten the text by 180000 characters: at most 20000 fit here/);
    assert.ok(answer.text.includes("x".repeat(200_000)), "and nothing is cut off");
    const whole = "é".repeat(20_000);
    const saved = await gwen.posts("/reflections/new", [...form, ["title", "Long"], ["body", whole]]);
    assert.equal(saved.status, 303);
    assert.ok((await gwen.gets(saved.location)).text.includes(whole));
  });

  test("keys can be changed while the server runs", async () => {
    const file = path.join(server.folder, "journal-master.key");
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    const before = await readFile(file, "utf8");
    assert.match((await server.run(["journal", "rotate"])).stdout, /locked with the new key/);
    const now = await readFile(file, "utf8");
    assert.notEqual(now, before);
    assert.equal(now.trim().split("\n").length, 1);
    assert.ok((await gwen.gets("/reflections")).text.includes(CANARY.title), "the server goes along");
    assert.match((await server.run(["doctor"], { settings: {} }).catch((error) => ({ stdout: error.message }))).stdout, /well: the key of the journal/);
    // Stopped half way: both keys stand in the file, and the next run goes on.
    await writeFile(file, `${"ab".repeat(32)}\n${now.trim()}\n`);
    assert.match((await server.run(["journal", "rotate"])).stdout, /Going on/);
    assert.ok((await gwen.gets("/reflections")).text.includes(CANARY.title));
  });

  test("the law opens it with two people, and its author is told", async () => {
    const first = path.join(server.folder, "first");
    await writeFile(first, `${PASSWORD}\n`);
    const words = (second) => ["journal", "open", "--author", CAST.gwen.email, "--reason", "Order 4711", "--first", CAST.helen.email, "--second", second, "--file", path.join(server.folder, "opened.txt"), "--first-password-file", first, "--second-password-file", first];
    for (const second of [CAST.helen.email, CAST.admin.email, CAST.priya.email]) await server.run(words(second), { fails: true });
    await assert.rejects(stat(path.join(server.folder, "opened.txt")), "nothing was written");
    assert.ok(!(await gwen.gets("/reflections")).text.includes("4711"));
  });

  test("without its key it says so and stays shut, and everything else works", async () => {
    const file = path.join(server.folder, "journal-master.key");
    const form = hiddenFields((await gwen.gets("/reflections/new")).text, "/reflections/new");
    for (const [what, spoil] of [
      ["missing", () => rename(file, `${file}.away`)],
      ["another one", () => writeFile(file, `${"cd".repeat(32)}\n`, { mode: 0o600 })],
    ]) {
      await server.halt();
      await spoil();
      await server.start();
      const shut = await gwen.gets("/reflections");
      assert.equal(shut.status, 503, what);
      assert.match(mainTextOf(shut.text), /The journal is shut just now/, what);
      const kept = await gwen.posts("/reflections/new", [...form, ["title", "Kept"], ["body", "Kept on the page."]]);
      assert.equal(kept.status, 503, what);
      assert.ok(kept.text.includes("Kept on the page.") && /Nothing you wrote is lost/.test(kept.text), what);
      for (const address of ["/", "/cases", "/supervision", "/drafts", "/training"]) assert.equal((await gwen.gets(address)).status, 200, `${what}: ${address}`);
      const { stdout } = await server.run(["doctor"], { fails: true });
      assert.match(stdout, /NOT WELL: the key of the journal/, what);
    }
    await server.halt();
    await rename(`${file}.away`, file);
    await server.start();
    assert.ok((await gwen.gets("/reflections")).text.includes(CANARY.title), "with its key it opens again");
    assert.match((await server.run(["audit", "verify"])).stdout, /whole/);
  });
});

for (const javaScript of [true, false]) {
  describe(`a journal ${javaScript ? "with" : "without"} JavaScript`, () => {
    const stage = setStage();

    test(
      "is written in one model and another, shared in part, replied to, and taken back",
      stage.scene(async ({ person }) => {
        const luca = await person("luca", { javaScript });
        await luca.opens("/reflections/new");
        if (javaScript) await luca.settles();
        await luca.fills("Title", "After the visit");
        await luca.fills("What?", "Nobody answered.");
        await luca.fills("So what?", "I was relieved.");
        await luca.selects("Way to reflect", /^Gibbs/);
        await luca.presses("Use this way");
        await luca.still({ title: "After the visit", "step.description": "" });
        assert.match(await luca.valueOf("body"), /^What\?\nNobody answered\.\n\nSo what\?\nI was relieved\.$/);
        await luca.fills("Feelings", "Relief, and shame about it.");
        await luca.page.getByText("How you are", { exact: true }).first().click();
        await luca.chooses("How are you, with this?", "2, hard");
        await luca.fills("The same in words", "I sleep badly.");
        await luca.page.getByText("Standards that this speaks to", { exact: true }).first().click();
        await luca.ticks("Critical reflection and analysis");
        if (javaScript) assert.deepEqual(await axe(luca.page), []);
        await luca.presses("Save reflection");
        await luca.reads("After the visit");
        for (const words of ["Relief, and shame about it.", "I was relieved.", "2 of 5: I sleep badly.", "Critical reflection and analysis", /Written as: Gibbs/]) await luca.sees(words);
        if (javaScript) assert.deepEqual(await axe(luca.page), []);
        const own = luca.path.split("?")[0];

        await luca.follows("Put it on an agenda");
        await luca.still({ agenda: "2 of 5: I sleep badly." });
        await luca.fills("What do you want to talk about?", "How I sleep");
        await luca.presses("Put on the agenda");
        await luca.sees("How I sleep");

        await luca.opens(own);
        await luca.follows("Make a CPD piece of it");
        await luca.still({ title: "After the visit", kind: "Reflection", description: "Relief, and shame about it." });
        await luca.fills("What have you learnt?", "To ask Priya sooner.");
        await luca.presses("Save piece");
        await luca.sees(/Look at: .*Priya/);
        if (javaScript) assert.deepEqual(await axe(luca.page), []);
        const taken = await luca.sends(`${luca.path.split("?")[0]}/text`);
        assert.match(taken.text, /What have you learnt\?\r\nTo ask Priya sooner\./);
        await luca.follows("Back to CPD and standards");
        await luca.sees(/^1 piece from 1 December .* to 30 November /);
        if (javaScript) assert.deepEqual(await axe(luca.page), []);

        await luca.opens(own);
        await luca.follows("Share a copy or a part");
        if (javaScript) assert.deepEqual(await axe(luca.page), []);
        await luca.selects("Who gets it?", CAST.nia.name);
        await luca.fills("What they get", "Nobody answered.\n\nAnd I never said this.");
        await luca.presses("Share", { status: 422 });
        await luca.sees(/“And I never said this.” does not stand in your reflection/);
        await luca.fills("What they get", "Nobody answered.");
        await luca.selects("Who gets it?", CAST.nia.name);
        await luca.presses("Share");
        await luca.sees("A copy is shared");

        const nia = await person("nia", { javaScript });
        await nia.opens("/reflections");
        await nia.follows("After the visit");
        await nia.sees("Nobody answered.");
        await nia.findsNoTraceOf("shame about it", "I sleep badly");
        if (javaScript) assert.deepEqual(await axe(nia.page), []);
        await nia.fills("Your reply", "I know that feeling.");
        await nia.presses("Send reply");
        await nia.sees("I know that feeling.");
        await nia.opens(own, { status: 404 });

        await luca.opens("/reflections");
        await luca.follows(`${CAST.nia.name} has replied`);
        await luca.sees("I know that feeling.");
        await luca.fills("Your reply", "Thank you.");
        await luca.presses("Send reply");
        await luca.sees("Thank you.");
        const copy = luca.path.split("?")[0];
        await luca.presses("Take the copy back");
        await luca.sees("The copy is taken back: nobody can read it any more");
        for (const somebody of [luca, nia]) await somebody.opens(copy, { status: 404 });
        await nia.opens("/reflections");
        await nia.findsNoTraceOf("After the visit");
      }),
    );

    test(
      "a piece grows: one box today, another one later",
      stage.scene(async ({ person }) => {
        const luca = await person("luca", { javaScript });
        await luca.opens("/reflections/new");
        await luca.presses("Save reflection", { status: 422 });
        await luca.fills("Title", "Five minutes");
        await luca.fills("What?", "A short visit.");
        await luca.presses("Save reflection");
        await luca.follows("Change");
        await luca.still({ "step.what": "A short visit.", "step.now_what": "" });
        await luca.fills("Now what?", "Ask about school.");
        await luca.presses("Save reflection");
        for (const words of ["A short visit.", "Ask about school."]) await luca.sees(words);
      }),
    );
  });
}
