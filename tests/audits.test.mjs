// A supervision file is drawn by chance, graded by two auditors of whom neither sees the other's grade, heard by the two whom it is
// about, and made final. With JavaScript and without, as two auditors and the audited.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { CAST } from "./support/cast.mjs";
import { setStage } from "./support/stage.mjs";

const FILE = `${CAST.priya.name} and ${CAST.gwen.name}`;
const FIRST = "The children are heard, and nobody asks why on Sundays.";
const SECOND = "Ask for the other explanation once in each entry.";
const AGREED = "Say why, and what else could be true.";
const WELLBEING = "Tired after three late visits";

for (const javaScript of [true, false]) {
  describe(`audits, JavaScript ${javaScript ? "on" : "off"}`, () => {
    const stage = setStage();
    let file;

    // Every domain gets this score, and what there is to learn these words.
    const grades = async (somebody, score, toLearn, overall) => {
      for (const radio of await somebody.page.locator(`input[type=radio][name^="score."][value="${score}"]`).all()) await radio.check();
      await somebody.fills("What went well?", "One hears the children.");
      await somebody.fills("What is there to learn?", toLearn);
      await somebody.chooses("Overall grade", overall);
    };

    test(
      "an auditor draws a round, reads the records of a file and grades it; somebody else is asked to grade it blind",
      stage.scene(async ({ person }) => {
        const admin = await person("admin", { javaScript });
        await admin.opens("/people");
        await admin.follows(CAST.bev.name);
        await admin.opens(`${admin.path}/edit`);
        await admin.within("Roles").ticks("Auditor");
        await admin.presses("Save person");

        const hanif = await person("hanif", { javaScript });
        await hanif.follows("Audits");
        await hanif.sees("No round yet");
        await hanif.follows("Draw a round");
        assert.match(await hanif.valueOf("seed"), /^[0-9a-f]{8}$/, "a seed is there already");
        await hanif.fills("Seed", "two words");
        await hanif.fills("What do you want to find out?", "Is the child heard?");
        await hanif.presses("Draw", { status: 422 });
        await hanif.sees("Write the seed with letters, digits and hyphens, at most 40 of them");
        await hanif.still({ question: "Is the child heard?", seed: "two words" });
        await hanif.fills("Seed", "autumn");
        await hanif.fills("How many files?", "60");
        await hanif.presses("Draw");
        await hanif.sees("The files are drawn, and their people can see it");
        await hanif.reads(/^Audit of /);
        await hanif.sees("0 of 10 files final");
        await hanif.follows(FILE);
        await hanif.reads(`Audited file of ${FILE}`);
        file = new URL(hanif.page.url()).pathname;

        await hanif.follows("Read the records");
        await hanif.reads(`Records of ${FILE}`);
        await hanif.sees("Strategy discussion today");
        await hanif.sees("Written. Its words stay with its readers");
        await hanif.findsNoTraceOf(WELLBEING);

        await hanif.opens(file);
        await hanif.follows("Ask for a second grade");
        await hanif.chooses("Who grades it a second time?", CAST.bev.name);
        await hanif.presses("Ask for a second grade");
        await hanif.follows("Grade this file");
        await hanif.fills("What is there to learn?", FIRST);
        await hanif.presses("Save grade", { status: 422 });
        await hanif.sees("Choose a score for “Regular”");
        await hanif.still({ to_learn: FIRST });
        await grades(hanif, 1, FIRST, "Requires improvement");
        await hanif.presses("Save grade");
        await hanif.sees("Grade saved");
        await hanif.sees(/neither of you sees the other’s until both are in/);
      }),
    );

    test(
      "the second auditor sees nothing of the first grade until both are in; then the two agree",
      stage.scene(async ({ person }) => {
        const bev = await person("bev", { javaScript });
        await bev.follows("1 file waits for your second grade");
        await bev.follows(/^\d+ \w+ \d{4} to /);
        await bev.findsNoTraceOf(FIRST, CAST.luca.name);
        await bev.follows(FILE);
        await bev.findsNoTraceOf(FIRST, "Requires improvement");
        await bev.opens(`${file}/agree`, { status: 404 });
        await bev.opens(file);
        await bev.follows("Grade this file");
        await bev.findsNoTraceOf(FIRST);
        await grades(bev, 2, SECOND, "Good");
        await bev.presses("Save grade");
        await bev.sees(FIRST);
        await bev.follows("Agree on a grade");
        await bev.sees(/You differ in 12 domains/);
        await grades(bev, 2, AGREED, "Good");
        await bev.presses("Save what you agreed", { status: 422 });
        await bev.sees("Write how the two of you came to this grade");
        await bev.fills("How did the two of you come to this grade?", "We read the entry of October together.");
        await bev.presses("Save what you agreed");
        await bev.sees("Agreed grade");
      }),
    );

    test(
      "the two of the file see who has opened it, read what was agreed, and are heard before it is final",
      stage.scene(async ({ person }) => {
        const gwen = await person("gwen", { javaScript });
        await gwen.follows("Supervision");
        await gwen.follows(`Your file with ${CAST.priya.name} was drawn for an audit led by ${CAST.hanif.name}`);
        await gwen.sees("Who has opened the records");
        await gwen.sees(new RegExp(`^${CAST.hanif.name}, `));
        await gwen.findsNoTraceOf(FIRST, SECOND, AGREED);
        const hanif = await person("hanif", { javaScript });
        await hanif.opens(file);
        await hanif.presses("Share the findings with the two");
        await hanif.sees("The two can read the findings and comment");
        await hanif.sees(/0 of 2 have commented/);
        await hanif.presses("Make it final", { status: 422 });
        await hanif.sees(/The two can comment until /);

        for (const who of ["gwen", "priya"]) {
          const somebody = await person(who, { javaScript });
          await somebody.follows("1 audit waits for your comment");
          const waiting = somebody.page.locator("main tbody tr", { hasText: "You can comment until" });
          await somebody.goes(() => waiting.getByRole("link").first().click());
          await somebody.sees(AGREED);
          await somebody.findsNoTraceOf(FIRST, SECOND);
          await somebody.follows("Comment on the findings");
          await somebody.presses("Save comment", { status: 422 });
          await somebody.sees("Write what you see otherwise, or what is missing");
          await somebody.fills("What do you see otherwise, or what is missing?", "In October one of us was ill.");
          await somebody.presses("Save comment");
          await somebody.sees("Comment saved");
          assert.equal(await somebody.page.getByRole("link", { name: "Comment on the findings" }).count(), 0, "once");
        }

        await hanif.opens(file);
        await hanif.sees("In October one of us was ill.");
        await hanif.presses("Make it final");
        await hanif.sees("It is final");
        await hanif.opens(`${file}/records`, { status: 404 });
        await hanif.opens(file);
        await hanif.follows("Back to the round");
        await hanif.sees("1 of 10 files final");
        await hanif.sees("How far two graders agree");
        await hanif.sees("0 of 1 (0%)");
        await hanif.page.emulateMedia({ media: "print" });
        assert.ok(await hanif.page.locator(".fe-print-line").isVisible());
        assert.ok(!(await hanif.page.getByText("Only you see this list").isVisible()), "what each file teaches is not printed");
      }),
    );

    test(
      "a head of service sees counts and no names, and nobody else finds anything",
      stage.scene(async ({ person }) => {
        const helen = await person("helen", { javaScript });
        await helen.follows("Audits");
        await helen.follows(/^\d+ \w+ \d{4} to /);
        const round = new URL(helen.page.url()).pathname;
        await helen.sees("How many files have which score");
        await helen.findsNoTraceOf(CAST.gwen.name, CAST.luca.name, AGREED);
        await helen.opens(file, { status: 404 });
        await helen.opens(`${round}/close`, { status: 404 });
        for (const who of ["ros", "tom", "dee", "admin"]) {
          const somebody = await person(who, { javaScript });
          for (const path of ["/audits", "/audits/new", round, file, `${file}/records`, `${file}/grade`, `${file}/comment`]) {
            await somebody.opens(path, { status: 404 });
          }
        }
      }),
    );

    test(
      "a file of a friend is taken out, and the next of its team comes in its place",
      stage.scene(async ({ person }) => {
        const hanif = await person("hanif", { javaScript });
        await hanif.opens("/audits/new");
        await hanif.fills("Seed", "winter");
        await hanif.fills("How many files?", "3");
        await hanif.presses("Draw");
        const drawn = hanif.page.locator("main tbody tr", { hasText: "Riverside team" });
        await hanif.goes(() => drawn.getByRole("link").first().click());
        const before = await hanif.heading();
        await hanif.follows("Take it out of the sample");
        await hanif.presses("Take it out", { status: 422 });
        await hanif.sees("Write why this file cannot be audited");
        await hanif.fills("Why can it not be audited?", "One of them is a friend.");
        await hanif.presses("Take it out");
        await hanif.sees("The file is out of the sample. This one takes its place");
        assert.notEqual(await hanif.heading(), before);
        await hanif.follows("Back to the round");
        await hanif.sees("0 of 3 files final");
        await hanif.sees("Taken out");
      }),
    );
  });
}
