// Questions that follow the record: what calls for them, what can be done with them, and who edits them. With JavaScript and without.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { axe } from "./support/axe.mjs";
import { tidy } from "./support/browser.mjs";
import { CAST } from "./support/cast.mjs";
import { inDays } from "./support/days.mjs";
import { isCalledFor } from "./support/prompts.mjs";
import { setStage } from "./support/stage.mjs";

const NEW = { key: "order-explained", text: "Who was there when the order was served?", why: "Orders that nobody explains are broken sooner.", source: "Our own audit, 2026" };

for (const javaScript of [true, false]) {
  describe(`questions, JavaScript ${javaScript ? "on" : "off"}`, () => {
    const stage = setStage();

    // The form of a session of Priya's and Gwen's about a case.
    const opensEntry = async (priya, reference) => {
      await priya.opens("/cases");
      await priya.follows(reference);
      await priya.follows("Log supervision");
      if (javaScript) await priya.settles();
      return priya.within(new RegExp(`^${reference}`));
    };

    const fillsRest = async (priya, entry) => {
      await priya.chooses("How did you meet?", "In person");
      await entry.chooses("Was the child seen?", "Not seen yet");
      await entry.fills("What has happened since last time", "A letter came to his sister’s address.");
      await entry.chooses("Risk now", "High");
      await entry.chooses("Which way has risk gone?", "The same");
      await entry.chooses("What is proposed for the plan?", "Carry on with the plan");
      await entry.fills("Decision", "The police are told today.");
      await entry.fills("Why", "It is a breach.");
    };

    const waiting = async (gwen) => {
      await gwen.opens("/prompts");
      return (await gwen.page.locator("main tbody th a").allInnerTexts()).map(tidy);
    };

    test(
      "what is ticked brings its question, and the session keeps what was ticked",
      stage.scene(async ({ person }) => {
        const priya = await person("priya", { javaScript });
        const entry = await opensEntry(priya, "F-0930");
        const question = priya.page.locator('[id="entry.0.prompt.0.question"]');
        await entry.sees(/^Why these: /);
        const ticks = priya.page.locator("details", { hasText: "What has happened that calls for a question" }).first();
        assert.equal(await ticks.getAttribute("open"), null, "a routine session does not see the ticks");
        await ticks.locator("summary").click();
        await entry.ticks("An order, bail or a licence was breached");
        if (javaScript) {
          await priya.sees(/Questions changed: an order, bail or a licence was breached/);
          assert.ok(isCalledFor(tidy(await question.innerText()), "order_breached"));
        }
        await priya.page.locator("details", { hasText: "Whose view was sought" }).first().locator("summary").click();
        await entry.ticks("Police");
        await fillsRest(priya, entry);
        await priya.savesSupervision();
        await priya.sees("Supervision saved");
        await priya.sees("An order, bail or a licence was breached");
        await priya.sees("Asked because: An order, bail or a licence was breached");
        const put = (await priya.page.locator(".fe-prompt__question").allInnerTexts()).map(tidy);
        assert.ok(put.length >= 3 && put.length <= 5, put.join(" | "));
        assert.ok(isCalledFor(put[0], "order_breached"), put.join(" | "));
        assert.ok(put.some((words) => isCalledFor(words, "child_not_seen")), put.join(" | "));
        await priya.opens("/cases");
        await priya.follows("F-0930");
        await priya.sees("Whose view was sought");
        assert.match(tidy(await priya.page.locator("table", { hasText: "Whose view was sought, by discussion" }).innerText()), /Police/);
      }),
    );

    test(
      "when risk is high two explanations are asked for, and a challenge stands on the page of the case",
      stage.scene(async ({ person }) => {
        const priya = await person("priya", { javaScript });
        const entry = await opensEntry(priya, "F-1121");
        await entry.sees(/put two explanations beside each other/);
        await priya.page.locator("details", { hasText: "Two explanations beside each other" }).first().locator("summary").click();
        await entry.within("Explanation 1").fills("What might be so", "They are worn out.");
        await priya.page.locator("details", { hasText: "A challenge, by either of you" }).first().locator("summary").click();
        const challenge = entry.within("Challenge 1");
        await challenge.chooses("Who challenged?", "The practitioner");
        await challenge.chooses("Who challenged?", "No challenge");
        await challenge.chooses("Who challenged?", "The practitioner");
        await challenge.fills("What was tested", "That nobody else lives there.");
        await challenge.chooses("What came of it?", "More evidence is needed");
        await fillsRest(priya, entry);
        await priya.presses("Save supervision", { status: 422 });
        await priya.sees("Write a second explanation: one alone is not put to the test");
        await priya.still({ "entry.0.hypothesis.0.explanation": "They are worn out.", "entry.0.challenge.0.tested": "That nobody else lives there." });
        await entry.within("Explanation 2").fills("What might be so", "Somebody is hurting them.");
        await entry.within("Explanation 2").fills("Who else could know", "The health visitor");
        await priya.savesSupervision();
        await priya.sees("Somebody is hurting them.");
        const { text } = await priya.sends(`${priya.path.split("?")[0]}/text`);
        for (const words of ["They are worn out.", "Somebody is hurting them.", "The health visitor", "Challenged", "That nobody else lives there."]) assert.ok(text.includes(words), words);
        await priya.opens("/cases");
        await priya.follows("F-1121");
        const challenges = tidy(await priya.page.locator("section", { hasText: "Challenges" }).locator("table", { hasText: "Challenges, newest first" }).innerText());
        assert.match(challenges, /That nobody else lives there\..*The practitioner.*More evidence is needed/);
      }),
    );

    test(
      "why a question is asked is said, with its source and what helps against bias",
      stage.scene(async ({ person }) => {
        const gwen = await person("gwen", { javaScript });
        await gwen.opens("/prompts/child-seen-as-older");
        await gwen.sees("Davis on adultification, 2022");
        await gwen.sees("Say the child's age aloud, and ask what you would do if they were white or younger");
        await gwen.opens("/prompts/no-such-question", { status: 404 });
      }),
    );

    test(
      "a question taken to supervision stands on the agenda of the next session",
      stage.scene(async ({ person }) => {
        const gwen = await person("gwen", { javaScript });
        const before = await waiting(gwen);
        const [first] = before;
        await gwen.follows(first);
        await gwen.reads(/^Reply to a question/);
        await gwen.presses(/^Save reply/, { status: 422 });
        await gwen.sees(/Write an answer, or choose to take the question to supervision/);
        await gwen.page.getByLabel("The plan changes because of this").check();
        await gwen.presses(/^Save reply/, { status: 422 });
        await gwen.sees("Write what changes");
        await gwen.page.getByLabel("The plan changes because of this").uncheck();
        await gwen.page.getByLabel(`Take it to supervision with ${CAST.priya.name}`).check();
        await gwen.page.getByLabel("Answer it above").check();
        await gwen.presses(/^Save reply/, { status: 422 });
        await gwen.sees(/Write an answer, or choose to take the question to supervision/);
        await gwen.page.getByLabel(`Take it to supervision with ${CAST.priya.name}`).check();
        await gwen.presses(/^Save reply/);
        await gwen.reads("Your questions");
        await gwen.sees("Reply saved");
        // The same question may have been put about another case too.
        const asOften = (all) => all.filter((words) => words === first).length;
        assert.equal(asOften(await waiting(gwen)), asOften(before) - 1, "it waits no longer");
        await gwen.follows(/On the agenda$/);
        await gwen.sees(first);

        const priya = await person("priya", { javaScript });
        await priya.opens("/supervision");
        await priya.follows("Prepare");
        await priya.follows(CAST.gwen.name);
        const agenda = tidy(await priya.page.locator(".fe-agenda").innerText());
        assert.ok(agenda.includes(first), agenda);
      }),
    );

    test(
      "a question is put off until a day, and not until one that has passed",
      stage.scene(async ({ person }) => {
        const gwen = await person("gwen", { javaScript });
        const [first] = await waiting(gwen);
        await gwen.follows(first);
        await gwen.page.getByLabel("Put it off until the day below").check();
        await gwen.presses(/^Save reply/, { status: 422 });
        await gwen.sees("Put off until: enter a day, month and year");
        await gwen.fillsDate("Put off until", inDays(-1));
        await gwen.presses(/^Save reply/, { status: 422 });
        await gwen.sees("Put off until must be a day after today");
        await gwen.fillsDate("Put off until", inDays(10));
        await gwen.presses(/^Save reply/);
        await gwen.sees("Reply saved");
        assert.ok(!(await waiting(gwen)).includes(first));
        await gwen.follows(/Put off$/);
        await gwen.sees(first);
        await gwen.sees(/Put off until/);
      }),
    );

    test(
      "a reply that is begun is kept as a draft, and the questions beside it stay as they are",
      stage.scene(async ({ person }) => {
        const gwen = await person("gwen", { javaScript });
        const [first] = await waiting(gwen);
        await gwen.follows(first);
        await gwen.fills(first, "I have begun to think about it.");
        await gwen.presses("Save draft");
        await gwen.sees("Draft saved");
        await gwen.opens("/drafts");
        await gwen.follows(/^Reply to a question about/);
        await gwen.follows("Go on writing");
        assert.equal(await gwen.field(first).inputValue(), "I have begun to think about it.");
      }),
    );

    test(
      "a reflection asks about the case that is chosen, and keeps what was typed and answered",
      stage.scene(async ({ person }) => {
        const gwen = await person("gwen", { javaScript });
        const asked = async () => (await gwen.page.locator(".fe-prompt__question").allInnerTexts()).map(tidy).filter(Boolean);
        await gwen.opens("/reflections/new");
        await gwen.fills("Title", "After the call");
        const [answered, ...others] = await asked();
        await gwen.fills(answered, "I had decided before I rang.");
        await gwen.selects("What is it about?", /^F-0930/);
        await gwen.presses("Ask me about this");
        await gwen.sees(/^Why these: /);
        assert.ok((await asked()).includes(answered), "what was answered stays");
        assert.notDeepEqual((await asked()).filter((words) => words !== answered), others, "the case calls for others");
        assert.equal(await gwen.field(answered).inputValue(), "I had decided before I rang.");
        assert.equal(await gwen.field("Title").inputValue(), "After the call");
        const chosen = () => gwen.field("What is it about?").locator("option:checked").innerText();
        assert.match(await chosen(), /^F-0930/);
        const ofTheCase = await asked();
        await gwen.presses("Save draft");
        await gwen.opens("/reflections/new");
        assert.match(await chosen(), /^F-0930/, "the draft is about the case still");
        assert.deepEqual(await asked(), ofTheCase);
      }),
    );

    test(
      "who keeps the rules adds a question, sees first where it would have appeared, and is refused what is wrong",
      stage.scene(async ({ person }) => {
        const helen = await person("helen", { javaScript });
        await helen.opens("/settings/prompts");
        await helen.follows("Add a question");
        await helen.fills("Short name", NEW.key);
        await helen.fills("Question", NEW.text);
        await helen.fills("Why it is asked", NEW.why);
        await helen.selects("What it is about", "Change in risk, and tools");
        await helen.ticks("An order, bail or a licence was breached");
        await helen.fills("Place", "1");
        await helen.selects("Approved by", CAST.helen.name);
        await helen.fills("Reason", "After our own audit");
        await helen.presses("Show where it would appear", { status: 422 });
        await helen.sees("Enter the source: the briefing or framework that the question comes from");
        await helen.still({ text: NEW.text, why: NEW.why });
        await helen.fills("Source", NEW.source);
        await helen.fillsDate("Review date", inDays(-1));
        await helen.presses("Show where it would appear", { status: 422 });
        await helen.sees("Review date must be today or later");
        await helen.fillsDate("Review date", inDays(365));
        await helen.presses("Show where it would appear");
        await helen.sees("Where it would have appeared this month");
        if (javaScript) assert.deepEqual(await axe(helen.page), []);
        await helen.sees("F-0930");
        await helen.presses("Save as a new version");
        await helen.sees("The questions are saved as a new version");
        await helen.sees(NEW.text);
        await helen.sees("Version 2.");

        await helen.follows("Add a question");
        await helen.fills("Short name", NEW.key);
        await helen.fills("Question", "The same again?");
        await helen.fills("Why it is asked", NEW.why);
        await helen.fills("Source", NEW.source);
        await helen.selects("What it is about", "Change in risk, and tools");
        await helen.ticks("Always of use");
        await helen.selects("Approved by", CAST.helen.name);
        await helen.fills("Reason", "Again");
        await helen.presses("Show where it would appear", { status: 422 });
        await helen.sees(`There is another question with the short name “${NEW.key}”`);

        const file = (await helen.sends("/settings/prompts/export")).text;
        await helen.opens("/settings/prompts/import");
        await helen.fills("Text of the file", file.replace('"always"', '"weather"'));
        await helen.selects("Approved by", CAST.helen.name);
        await helen.fills("Reason", "Import");
        await helen.presses("Show where it would appear", { status: 422 });
        await helen.sees(/Line \d+: “weather” is not a known trigger/);
        await helen.opens("/settings/prompts");
        await helen.sees("Version 2.");
      }),
    );

    test(
      "the new question is put from then on",
      stage.scene(async ({ person }) => {
        const priya = await person("priya", { javaScript });
        const entry = await opensEntry(priya, "F-1042");
        await priya.page.locator("details", { hasText: "What has happened that calls for a question" }).first().locator("summary").click();
        await entry.ticks("An order, bail or a licence was breached");
        await fillsRest(priya, entry);
        await priya.savesSupervision();
        await priya.sees(NEW.text);
      }),
    );
  });
}
