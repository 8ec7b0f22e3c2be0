// A case entry leaves the product: on paper, as text, and with a note of who has filed it on the case record. With JavaScript
// and without.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { CAST } from "./support/cast.mjs";
import { today } from "./support/days.mjs";
import { setStage } from "./support/stage.mjs";

for (const javaScript of [true, false]) {
  describe(`filing, JavaScript ${javaScript ? "on" : "off"}`, () => {
    const stage = setStage();

    test(
      "an entry is taken as text and noted as filed; nothing of the worker’s own goes with it",
      stage.scene(async ({ person }) => {
        const gwen = await person("gwen", { javaScript });
        await gwen.opens("/cases");
        await gwen.follows("F-1042");
        await gwen.follows(/^Print or file Case supervision/);
        const path = gwen.path;
        await gwen.sees("Strategy discussion today. Nobody visits alone until we know who he is.");
        await gwen.sees("Not filed there yet");
        const answer = await gwen.sends(`${path}/text`);
        assert.match(answer.headers["content-type"], /^text\/plain/);
        assert.match(answer.headers["content-disposition"], /attachment; filename="F-1042 \d{4}-\d\d-\d\d.txt"/);
        assert.ok(answer.text.startsWith("F-1042 "), answer.text.slice(0, 80));
        for (const part of ["Written by: Priya Nair", "With: Gwen Hartley", "Strategy discussion today.", "- See each child alone, at school", `Taken from Fresh Eyes by ${CAST.gwen.name}`]) {
          assert.ok(answer.text.includes(part), part);
        }
        assert.ok(!answer.text.includes("Tired after three late visits"), "the personal part stays here");
        const pdf = await gwen.sends(`${path}/pdf`);
        assert.equal(pdf.headers["content-type"], "application/pdf");
        assert.ok(pdf.text.startsWith("%PDF-1.7") && pdf.text.includes("/StructTreeRoot"), "a tagged PDF");
        await gwen.presses("I have filed this on the case record");
        await gwen.sees("Noted: it is on the case record");
        await gwen.sees(`Filed by ${CAST.gwen.name} on ${today().words}`);
        assert.equal(await gwen.page.getByRole("button", { name: "I have filed this" }).count(), 0);
        await gwen.page.emulateMedia({ media: "print" });
        assert.match(await gwen.page.locator(".fe-print-line").innerText(), /F-1042 · Fresh Eyes · Printed by Gwen Hartley/);
        assert.ok(!(await gwen.page.getByText("Take it as text").isVisible()));
        const tom = await person("tom", { javaScript });
        await tom.opens(path, { status: 404 });
        await tom.opens(`${path}/text`, { status: 404 });
        await tom.opens(`${path}/pdf`, { status: 404 });
      }),
    );

    test(
      "a note of oversight that was wrong is put right where it stands, and never taken back",
      stage.scene(async ({ person }) => {
        const priya = await person("priya", { javaScript });
        await priya.opens("/cases");
        await priya.follows("F-1042");
        await priya.follows(/^Print or file Management oversight/);
        const path = priya.path;
        await priya.follows("Add to it, or put it right");
        await priya.presses("Add", { status: 422 });
        await priya.sees("Write what you add");
        await priya.fills("What do you add, or put right?", "The contact was on Thursday, not on Friday.");
        await priya.presses("Add");
        await priya.sees("What you added stands with the note");
        await priya.sees("Added later");
        assert.equal(priya.path.split("?")[0], path);
        const gwen = await person("gwen", { javaScript });
        await gwen.opens(path);
        await gwen.sees("The contact was on Thursday, not on Friday.");
        assert.equal(await gwen.page.getByRole("link", { name: "Add to it, or put it right" }).count(), 0);
        await gwen.opens(`${path}/add`, { status: 404 });
        const paper = await gwen.sends(`${path}/text`);
        assert.ok(paper.text.includes("The contact was on Thursday, not on Friday."));
        // The two open their next session with what was decided in between.
        await gwen.opens("/prepare");
        await gwen.follows(CAST.priya.name);
        await gwen.sees(/, management oversight: /);
        await gwen.sees("The contact was on Thursday, not on Friday.");
      }),
    );

    test(
      "a note of oversight on the wrong family is declared void by its author’s manager: it stays to be read, and counts for nothing",
      stage.scene(async ({ person }) => {
        const priya = await person("priya", { javaScript });
        await priya.opens("/cases");
        await priya.follows("F-0930");
        const theCase = priya.path;
        await priya.follows("Add oversight note");
        await priya.fills("What happened or was asked", "The nursery rang.");
        await priya.chooses("Decision to act", "Act");
        await priya.fills("Decision", "A visit to the nursery today.");
        await priya.fills("Why", "They have not seen him since Monday.");
        await priya.chooses("Risk now", "Medium");
        await priya.chooses("Direction of risk", "The same");
        await priya.presses("Save note");
        await priya.follows(/^Print or file Management oversight/);
        const note = priya.path;
        assert.equal(await priya.page.getByRole("link", { name: "Declare it void" }).count(), 0, "not by who wrote it");
        await priya.opens(`${note}/void`, { status: 404 });

        const ros = await person("ros", { javaScript });
        await ros.opens(note);
        await ros.presses("I have filed this on the case record");
        await ros.follows("Declare it void");
        await ros.presses("Declare it void", { status: 422 });
        await ros.sees("Write why this note does not count");
        await ros.fills("Why does this note not count?", "It was another family’s nursery.");
        await ros.presses("Declare it void");
        await ros.sees("The note is void, and your reason stands under it");
        await ros.sees(/This note was declared void\. It was filed on the case record before: have it marked there too\./);
        await ros.sees("It was another family’s nursery.");
        for (const link of ["Declare it void", "Add to it, or put it right"]) {
          assert.equal(await ros.page.getByRole("link", { name: link }).count(), 0, link);
        }
        const gwen = await person("gwen", { javaScript });
        await gwen.opens(theCase);
        await gwen.sees("Void: it does not count");
        await gwen.sees("Declared it void");
        const paper = await gwen.sends(`${note}/text`);
        assert.match(paper.text, /Void: this record does not count/);
        assert.match(paper.text, /Declared it void, Ros Keane, .*: It was another family’s nursery\./);
        await gwen.opens("/prepare");
        await gwen.follows(CAST.priya.name);
        assert.ok(!(await gwen.words()).includes("A visit to the nursery today."));
      }),
    );

    test(
      "somebody’s whole supervision file is theirs to take, with what the two alone read",
      stage.scene(async ({ person }) => {
        const gwen = await person("gwen", { javaScript });
        await gwen.opens("/supervision");
        await gwen.follows("My file");
        await gwen.reads("My supervision file");
        const text = await gwen.sends("/supervision/file/text");
        assert.ok(text.text.includes("Tired after three late visits"), "her own words are in her own file");
        assert.ok(text.text.includes("Strategy discussion today."));
        assert.ok(text.text.includes("Signatures: "));
        for (const part of ["Agreements", "Agreement of Priya Nair and Gwen Hartley", "What was agreed about you", "Audits of your file", "Courses", "Times away", "Longer intervals", "Who can read this: only you, as a whole."]) {
          assert.ok(text.text.includes(part), part);
        }
        await gwen.sees("Who can read this: only you, as a whole.");
        await gwen.follows(/^Agreement with Priya Nair of/);
        await gwen.reads(`Agreement with ${CAST.priya.name}`);
        await gwen.opens("/supervision/file");
        await gwen.follows("your missed sessions, preparations, courses, times away and intervals");
        await gwen.reads("My missed sessions, preparations, courses, times away and intervals");
        await gwen.sees("Domestic abuse awareness");
        await gwen.follows("Back to my supervision file");
        await gwen.page.emulateMedia({ media: "print" });
        assert.match(await gwen.page.locator(".fe-print-line").innerText(), /Supervision file · Fresh Eyes · Printed by Gwen Hartley/);
        assert.ok(!(await gwen.page.getByText("Take all of it as PDF").isVisible()));
        const pdf = await gwen.sends("/supervision/file/pdf");
        assert.equal(pdf.headers["content-type"], "application/pdf");
        const ros = await person("ros", { javaScript });
        const other = await ros.sends("/supervision/file/text");
        assert.ok(!other.text.includes("Strategy discussion today."), "a file holds its owner’s sessions alone");
      }),
    );
  });
}
