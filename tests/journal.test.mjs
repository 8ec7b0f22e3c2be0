// The journal: its author's alone, whatever is looked at; shared as a copy, replied to, taken back; shut without its key.

import assert from "node:assert/strict";
import { readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { axe } from "./support/axe.mjs";
import { CAST, EVERYBODY, PASSWORD } from "./support/cast.mjs";
import { today } from "./support/days.mjs";
import { Caller, hiddenFields, linksOf, mainTextOf } from "./support/http.mjs";
import { idleFor } from "./support/python.mjs";
import { startServer } from "./support/server.mjs";
import { setStage } from "./support/stage.mjs";
import { walks } from "./support/walk.mjs";

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
  cpd: "Quollcpd",
};
const SHARED = "Quollshared";
const REPLY = "Quollreply";

// The boxes of a date, as they are posted.
const dateFields = (name, date) => [[`${name}.day`, date.day], [`${name}.month`, date.month], [`${name}.year`, date.year]];

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
    // Drafts of it, saved as somebody types, and a form with a mistake.
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
    // A piece for the regulator.
    const cpd = `${own}/cpd`;
    const begun = hiddenFields((await gwen.gets(cpd)).text, cpd);
    const piece = await gwen.posts(cpd, [...begun, ["title", CANARY.cpd], ["kind", "Reading"], ...dateFields("on", today()), ["description", CANARY.cpd]]);
    assert.equal(piece.status, 303, mainTextOf(piece.text));
    assert.ok((await gwen.gets(piece.location)).text.includes(CANARY.cpd), "the CPD piece is there for Gwen");
    // A form from a session that has run out.
    const late = hiddenFields((await gwen.gets("/reflections/new")).text, "/reflections/new");
    await idleFor(server, 20);
    await gwen.posts("/reflections/new", [...late, ["title", CANARY.ranOut], ["draft.text_box", "body Anything else"], ["body", CANARY.ranOut]]);
    await gwen.signsIn(CAST.gwen.email, PASSWORD);
    assert.ok((await gwen.gets("/reflections/new")).text.includes(CANARY.ranOut), "what she sent too late is there for Gwen");
    await server.run(["backup", path.join(server.folder, "backup.sqlite")]);
    await server.run(["remind"]);
    await assertNowhere(Object.values(CANARY));

    const guesses = [own, `${own}/edit`, `${own}/share`, `${own}/agenda`, `${own}/delete`, piece.location.split("?")[0], "/reflections", "/drafts", "/mail", "/cases?words=Quoll", "/people?name=Quoll", "/supervision/file", "/supervision/file/pdf", "/cases/csv", "/supervision/csv", "/actions/csv", "/reminders"];
    for (const who of EVERYBODY.filter((name) => name !== "gwen")) {
      const caller = await new Caller(server.baseUrl).signsIn(CAST[who].email, PASSWORD);
      await walks(caller, guesses, ({ address, text }) => {
        assert.ok(!/Quoll(?!")/.test(mainTextOf(text)) || address.includes("Quoll"), `${who} reads of it on ${address}`);
        for (const word of Object.values(CANARY)) assert.ok(!text.includes(word), `${who} reads “${word}” on ${address}`);
      });
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
    assert.match(mainTextOf((await gwen.gets("/")).text), /1 new reply stands under a shared reflection/);
    assert.ok((await gwen.gets(copy)).text.includes(REPLY));
    assert.ok(!(await gwen.gets("/reflections")).text.includes("has replied"), "it was seen");
    assert.doesNotMatch(mainTextOf((await gwen.gets("/")).text), /new reply/);
    await assertNowhere([...Object.values(CANARY), SHARED, REPLY]);
  });

  test("the same words are shared and said as often as they are sent", async () => {
    const form = hiddenFields((await gwen.gets("/reflections/new")).text, "/reflections/new");
    const saved = await gwen.posts("/reflections/new", [...form, ["title", "Twice"], ["body", "The same words."]]);
    const own = saved.location.split("?")[0];
    const share = `${own}/share`;
    const priya = await new Caller(server.baseUrl).signsIn(CAST.priya.email, PASSWORD);
    const copies = async () => linksOf((await gwen.gets(own)).text).map(({ to }) => to).filter((to) => to?.startsWith("/reflections/copies/"));
    const shares = async () => {
      const { text } = await gwen.gets(share);
      const reader = /value="([-0-9a-f]{36})"[^>]*>Priya Nair/.exec(text)[1];
      assert.equal((await gwen.posts(share, [...hiddenFields(text, share), ["audience", reader], ["title", "Twice"], ["body", "The same words."]])).status, 303);
    };
    await shares();
    const [first] = await copies();
    const taking = `${first}/take-back`;
    const asks = await gwen.gets(taking);
    assert.match(mainTextOf(asks.text), /Take this copy back\?/);
    // Priya is writing under it all the while.
    const writing = hiddenFields((await priya.gets(first)).text, first);
    assert.equal((await gwen.posts(taking, hiddenFields(asks.text, taking))).status, 303);
    const late = await priya.posts(first, [...writing, ["reply", "Written in vain."]]);
    assert.equal(late.status, 410);
    assert.match(mainTextOf(late.text), /Its author took it back.*Written in vain\./);
    assert.equal((await priya.gets(first)).status, 404);
    await shares();
    const [second] = await copies();
    assert.ok(second && second !== first, "what was taken back is shared again");
    for (let time = 0; time < 2; time += 1) {
      const answer = await priya.posts(second, [...hiddenFields((await priya.gets(second)).text, second), ["reply", "Thank you."]]);
      assert.equal(answer.status, 303);
    }
    assert.equal(mainTextOf((await gwen.gets(second)).text).match(/Thank you\./g).length, 2);
    // It is deleted, and what was shared stays with whoever has it.
    const deleting = `${own}/delete`;
    const confirms = await gwen.gets(deleting);
    assert.match(mainTextOf(confirms.text), /Copies that you shared stay with whoever has them/);
    assert.equal((await gwen.posts(deleting, hiddenFields(confirms.text, deleting))).status, 303);
    assert.equal((await gwen.gets(own)).status, 404);
    assert.match(mainTextOf((await priya.gets(second)).text), /The same words\./);
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
    // Two at once: one of them waits for nobody, and the journal opens whichever that was.
    const both = await Promise.allSettled([server.run(["journal", "rotate"]), server.run(["journal", "rotate"])]);
    assert.ok(both.some(({ status }) => status === "fulfilled"), both.map(({ reason }) => reason?.message).join(" "));
    assert.equal((await readFile(file, "utf8")).trim().split("\n").length, 1);
    assert.ok((await gwen.gets("/reflections")).text.includes(CANARY.title));
  });

  test("the law opens it with two people, and its author is told", async () => {
    const first = path.join(server.folder, "first");
    await writeFile(first, `${PASSWORD}\n`);
    const words = (second) => ["journal", "open", "--author", CAST.gwen.email, "--reason", "Order 4711", "--first", CAST.helen.email, "--second", second, "--file", path.join(server.folder, "opened.txt"), "--first-password-file", first, "--second-password-file", first];
    for (const second of [CAST.helen.email, CAST.admin.email, CAST.priya.email]) await server.run(words(second), { fails: true });
    await assert.rejects(stat(path.join(server.folder, "opened.txt")), "nothing was written");
    assert.ok(!(await gwen.gets("/reflections")).text.includes("4711"));

    // Both type their own password; one that is wrong opens nothing.
    const wrong = path.join(server.folder, "wrong");
    await writeFile(wrong, "not it\n");
    await server.run([...words(CAST.iris.email).slice(0, -1), wrong], { fails: true });
    await assert.rejects(stat(path.join(server.folder, "opened.txt")), "nothing was written");
    await server.run(words(CAST.iris.email));
    const opened = path.join(server.folder, "opened.txt");
    const said = await readFile(opened, "utf8");
    for (const word of [CANARY.title, CANARY.body, CANARY.answer]) assert.ok(said.includes(word), `“${word}” is in what was opened`);
    assert.equal((await stat(opened)).mode & 0o077, 0, "nobody else on the machine reads the file");
    const told = mainTextOf((await gwen.gets("/reflections")).text);
    assert.match(told, new RegExp(`opened on a legal ground.*${CAST.helen.name} and ${CAST.iris.name} confirmed it. The ground: Order 4711`));
    await rm(opened);
  });

  test("without its key it says so and stays shut, and everything else works", async () => {
    const file = path.join(server.folder, "journal-master.key");
    const form = hiddenFields((await gwen.gets("/reflections/new")).text, "/reflections/new");
    const own = await gwen.finds("/reflections", (words) => words === CANARY.title);
    const reader = /value="([-0-9a-f]{36})"[^>]*>Priya Nair/.exec((await gwen.gets(`${own}/share`)).text)[1];
    // The other forms of the journal, with what is typed in them.
    const typed = [
      [`${own}/share`, [["audience", reader], ["title", "A part"], ["body", "Kept of the share."]], "Kept of the share."],
      [`${own}/edit`, [["title", "Kept"], ["body", "Kept of the change."]], "Kept of the change."],
      [`${own}/cpd`, [["title", "Kept"], ["kind", "Reading"], ...dateFields("on", today()), ["description", "Kept of the piece."]], "Kept of the piece."],
    ];
    const forms = new Map();
    for (const [address] of typed) forms.set(address, hiddenFields((await gwen.gets(address)).text, address));
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
      const blank = await gwen.gets("/reflections/new");
      assert.equal(blank.status, 503, `${what}: nobody types into a form that cannot be saved`);
      for (const [address, fields, words] of typed) {
        const again = await gwen.posts(address, [...forms.get(address), ...fields]);
        assert.equal(again.status, 503, `${what}: ${address}`);
        assert.ok(again.text.includes(words) && /Nothing you wrote is lost/.test(again.text), `${what}: ${address}`);
      }
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
        if (javaScript) assert.deepEqual(await axe(luca.page), []);
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
        await luca.sees(/^0 finished pieces from 1 December .* to 30 November .*1 piece is not finished yet/);
        await luca.follows("After the visit");
        await luca.follows("Change");
        if (javaScript) assert.deepEqual(await axe(luca.page), []);
        await luca.fills("What does it do for your practice, and for the people you work with?", "I ring before I knock.");
        await luca.presses("Save piece");
        await luca.follows("Back to CPD and standards");
        await luca.sees(/^1 finished piece from 1 December .* to 30 November /);
        await luca.follows("After the visit");
        await luca.follows("Delete this piece");
        if (javaScript) assert.deepEqual(await axe(luca.page), []);
        await luca.opens("/reflections/cpd");
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
        await nia.reads("A reflection shared with you");
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
        await luca.follows("Take the copy back");
        await luca.reads("Take this copy back?");
        if (javaScript) assert.deepEqual(await axe(luca.page), []);
        await luca.presses("Take it back");
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
        await luca.follows("Delete this reflection");
        await luca.reads("Delete this reflection?");
        if (javaScript) assert.deepEqual(await axe(luca.page), []);
        await luca.presses("Delete it");
        await luca.sees("The reflection is deleted");
        assert.equal(await luca.page.getByRole("link", { name: "Five minutes", exact: true }).count(), 0);
      }),
    );
  });
}
