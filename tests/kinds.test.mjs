// Sessions that are not of every day, with JavaScript and without: in a group, among peers, watched, after a serious incident; brothers
// and sisters; questions of one's own; and a record that turns out not to count.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { CAST } from "./support/cast.mjs";
import { daysAgo, inDays, nextWorkingDay, today } from "./support/days.mjs";
import { setStage } from "./support/stage.mjs";

const REASON = "Two accounts agree, and nobody has heard the children themselves since the row; the plan rests on their being safe on Sundays.";

// What an entry about a case needs.
const writesAbout = async (entry, happened) => {
  await entry.chooses("Was the child seen?", "Yes, alone");
  await entry.fillsDate("Date last seen", daysAgo(3));
  await entry.fills("What has happened since last time", happened);
  await entry.chooses("Risk now", "High");
  await entry.chooses("Which way has risk gone?", "The same");
  await entry.chooses("What is proposed for the plan?", "Carry on with the plan");
  await entry.fills("Decision", "Carry on with the plan.");
  await entry.fills("Why", REASON);
};

for (const javaScript of [true, false]) {
  describe(`kinds of sessions, JavaScript ${javaScript ? "on" : "off"}`, () => {
    const stage = setStage();

    const begins = async (somebody, supervisee, kind) => {
      await somebody.opens("/supervision/new");
      await somebody.chooses("Who did you meet?", supervisee);
      await somebody.chooses("What was it?", kind);
      await somebody.presses("Continue");
    };

    // When the case was last supervised, as its page says.
    const lastSupervised = async (somebody, reference) => {
      await somebody.opens("/cases");
      await somebody.follows(reference);
      return somebody.page.locator("dl div", { hasText: "Last supervision" }).locator("dd").innerText();
    };

    // When a session was last held on a line of somebody's supervision, as their page says.
    const lastHeld = async (somebody, name, line) => {
      await somebody.opens("/people");
      await somebody.follows(name);
      return somebody.page.locator(".fe-cadence tbody tr", { hasText: line }).locator("td[data-label='Last held']").innerText();
    };

    // The page opens for these and for nobody else of those named.
    const isReadBy = async (person, path, readers, others) => {
      for (const who of [...readers, ...others]) {
        const somebody = await person(who, { javaScript });
        await somebody.opens(path, { status: readers.includes(who) ? 200 : 404 });
      }
    };

    test(
      "a specialist’s session has a clock of its own, and moves no other",
      stage.scene(async ({ person }) => {
        const admin = await person("admin", { javaScript });
        await admin.opens("/people");
        await admin.follows(CAST.gwen.name);
        await admin.follows("Add a supervisor");
        await admin.selects("Supervisor", CAST.marta.name);
        await admin.chooses("In what?", "Specialist safeguarding supervision");
        await admin.presses("Save supervisor");
        await admin.sees("Supervisor saved");
        const gwen = await person("gwen", { javaScript });
        const cases = await lastSupervised(gwen, "F-0930");
        const line = await lastHeld(gwen, CAST.gwen.name, "Line supervision");
        assert.match(await lastHeld(gwen, CAST.gwen.name, "Specialist safeguarding supervision"), /None yet/);
        // The two have an agenda of their own, as on every other line.
        await gwen.opens("/prepare");
        await gwen.follows(CAST.marta.name);
        await gwen.fills("What do you want to talk about?", "Three referrals that came back");
        await gwen.presses("Put on the agenda");
        const marta = await person("marta", { javaScript });
        await begins(marta, CAST.gwen.name, "Between the two of you");
        await marta.sees("Three referrals that came back");
        await marta.chooses("How did you meet?", "Video call");
        await marta.chooses("What was it for?", "Specialist safeguarding supervision");
        await marta.selects("Add a case", /^F-0930/);
        await marta.presses("Add this case");
        await writesAbout(marta.within(/^F-0930/), "Three referrals in a year, each closed at the door.");
        await marta.savesSupervision();
        await marta.sees("Supervision saved");
        const path = marta.path.split("?")[0];
        assert.equal(await lastHeld(gwen, CAST.gwen.name, "Specialist safeguarding supervision"), today().words);
        assert.equal(await lastHeld(gwen, CAST.gwen.name, "Line supervision"), line);
        assert.equal(await lastSupervised(gwen, "F-0930"), cases, "the case is due as before");
        await gwen.sees("Three referrals in a year, each closed at the door.");
        await isReadBy(person, path, ["marta", "gwen"], ["priya", "luca", "admin", "hanif"]);
      }),
    );

    test(
      "a joint session is held with whoever works on the same case, and is the case’s supervision",
      stage.scene(async ({ person }) => {
        const priya = await person("priya", { javaScript });
        const line = await lastHeld(priya, CAST.gwen.name, "Line supervision");
        assert.notEqual(await lastSupervised(priya, "F-0930"), today().words);
        await begins(priya, CAST.gwen.name, "Joint supervision");
        await priya.reads(`Log joint supervision with ${CAST.gwen.name}`);
        await priya.chooses("How did you meet?", "In person");
        await priya.fills("Why is this talked about together?", "Both visit the same house.");
        await priya.selects("Add a case", /^F-0930/);
        await priya.presses("Add this case");
        await writesAbout(priya.within(/^F-0930/), "Luca saw the younger one at school.");
        await priya.presses("Save supervision");
        if (await priya.page.locator(".fe-second-look").count()) await priya.presses("Save supervision", { status: 422 });
        await priya.sees("Choose who else was there");
        await priya.within("Who else was there?").ticks(CAST.luca.name);
        await priya.fills("Who does what, and who leads?", "Gwen leads; Luca sees the children.");
        await priya.savesSupervision();
        await priya.sees("Supervision saved");
        await priya.sees("Gwen leads; Luca sees the children.");
        const path = priya.path.split("?")[0];
        assert.equal(await lastSupervised(priya, "F-0930"), today().words, "a decision moves the case’s clock");
        assert.equal(await lastHeld(priya, CAST.gwen.name, "Line supervision"), line, "and no clock of the person’s");
        await isReadBy(person, path, ["gwen", "luca", "ros"], ["tom", "owen", "admin"]);
      }),
    );

    test(
      "what was watched is feedback on the worker’s file, and moves no clock",
      stage.scene(async ({ person }) => {
        const priya = await person("priya", { javaScript });
        const line = await lastHeld(priya, CAST.tom.name, "Line supervision");
        await begins(priya, CAST.tom.name, "Live supervision");
        await priya.reads(`Log live supervision with ${CAST.tom.name}`);
        assert.equal(await priya.page.getByLabel("Add a case").count(), 0, "an observation is about the worker");
        assert.equal(await priya.page.getByRole("group", { name: "Who else was there?" }).count(), 0);
        await priya.chooses("How did you meet?", "In person");
        await priya.presses("Save supervision", { status: 422 });
        await priya.sees("Write something: answer at least one of the questions");
        await priya.fills("What was observed, and where?", "A first visit, at the kitchen table.");
        await priya.chooses("Did the family know why you were there, and agree?", "Yes");
        await priya.fills("What could they try otherwise?", "Ask the child before the coat is on.");
        await priya.presses("Save supervision");
        await priya.sees("Ask the child before the coat is on.");
        const path = priya.path.split("?")[0];
        assert.equal(await lastHeld(priya, CAST.tom.name, "Line supervision"), line);
        await isReadBy(person, path, ["tom", "ros"], ["gwen", "owen", "hanif", "admin"]);
      }),
    );

    test(
      "a group’s members each put a line on its agenda, nobody outside sees it, and it stands in the form",
      stage.scene(async ({ person }) => {
        const priya = await person("priya", { javaScript });
        await priya.opens("/bookings/new");
        await priya.selects("With whom", CAST.gwen.name);
        await priya.chooses("What for", "Group supervision");
        await priya.fillsDate("Day", today());
        await priya.fills("Begins at", "16:00");
        await priya.presses("Book");
        await priya.sees("Booked");
        await priya.follows(/^Prepare the session with Gwen Hartley/);
        await priya.reads("Before the session Group supervision");
        await priya.sees(`What ${CAST.gwen.name} works on`);
        await priya.presses("Put on the agenda", { status: 422 });
        await priya.sees("Write what you want to talk about");
        await priya.fills("What do you want to talk about?", "How we end a visit");
        await priya.presses("Put on the agenda");
        await priya.sees("It is on the agenda");
        const path = priya.path.split("?")[0];
        const luca = await person("luca", { javaScript });
        await luca.opens("/prepare");
        await luca.follows(`Group supervision, with ${CAST.priya.name} and ${CAST.gwen.name}`);
        await luca.sees("How we end a visit");
        await luca.sees("What you could bring");
        await luca.sees("F-1190");
        await luca.findsNoTraceOf("F-0930");
        await luca.sees("Who can read this: the supervisor and everybody whom they supervise, who may all be in the group.");
        await luca.fills("What do you want to talk about?", "Doors that stay shut");
        await luca.presses("Put on the agenda");
        assert.equal(await luca.page.getByRole("button", { name: /^Take off/ }).count(), 1, "only what he put there");
        await isReadBy(person, path, ["gwen", "nia"], ["marta", "jo", "ros", "admin", "hanif"]);
        await priya.opens("/bookings");
        await priya.follows(/^Write up the session with Gwen Hartley/);
        await priya.sees("Doors that stay shut");
        assert.equal(await priya.page.getByText("Keep for next time").count(), 0, "who is in the next group is not known");
        await priya.chooses("How did you meet?", "In person");
        await priya.within("Who else was there?").ticks(CAST.luca.name);
        await priya.selects("Add a case", /^F-0930/);
        await priya.presses("Add this case");
        await writesAbout(priya.within(/^F-0930/), "The group asked who stands at the door.");
        await priya.savesSupervision();
        await priya.sees("Supervision saved");
        await luca.opens(path);
        await luca.findsNoTraceOf("Doors that stay shut");
      }),
    );

    test(
      "a group talks about one case, and whoever was asked reads it",
      stage.scene(async ({ person }) => {
        const priya = await person("priya", { javaScript });
        await begins(priya, CAST.gwen.name, "Group supervision");
        await priya.reads(`Log group supervision with ${CAST.gwen.name}`);
        await priya.chooses("How did you meet?", "In person");
        await priya.within("Who else was there?").ticks(CAST.luca.name);
        await priya.within("Who sent apologies?").ticks(CAST.nia.name);
        await priya.fills("What did the presenter want help with?", "Who is the man at the door?");
        await priya.selects("Add a case", /^F-1042/);
        await priya.presses("Add this case");
        await writesAbout(priya.within(/^F-1042/), "The group heard of three incidents.");
        await priya.savesSupervision();
        await priya.sees("Supervision saved");
        await priya.sees(CAST.luca.name);
        await priya.sees("Who is the man at the door?");
        const path = priya.path.split("?")[0];
        const luca = await person("luca", { javaScript });
        await luca.opens("/supervision");
        await luca.opens(path);
        await luca.sees("Who is the man at the door?");
        assert.equal(await luca.page.getByRole("button", { name: "Sign", exact: true }).count(), 0, "he signs nothing");
        const owen = await person("owen", { javaScript });
        await owen.opens(path, { status: 404 });
      }),
    );

    test(
      "peers write down what they take away; nothing typed is lost when it is not enough",
      stage.scene(async ({ person }) => {
        const tom = await person("tom", { javaScript });
        await tom.opens("/supervision");
        await tom.follows("Peer supervision");
        await tom.chooses("With whom did you talk?", CAST.gwen.name);
        await tom.presses("Continue");
        await tom.reads(`Log peer supervision with ${CAST.gwen.name}`);
        await tom.chooses("How did you meet?", "In person");
        await tom.presses("Save supervision", { status: 422 });
        await tom.sees("Write something: answer at least one of the questions");
        await tom.fills("What does each take away?", "To say goodbye before the coat is on.");
        await tom.presses("Save supervision");
        await tom.sees("To say goodbye before the coat is on.");
        const gwen = await person("gwen", { javaScript });
        const line = await lastHeld(gwen, CAST.gwen.name, "Line supervision");
        await isReadBy(person, tom.path.split("?")[0], ["gwen", "priya"], ["luca", "marta", "admin"]);
        await gwen.opens(tom.path.split("?")[0]);
        await gwen.sees("To say goodbye before the coat is on.");
        assert.equal(await lastHeld(gwen, CAST.gwen.name, "Line supervision"), line, "a talk among peers moves no clock");
      }),
    );

    test(
      "after a serious incident the days to meet again are booked, and the person says that they come",
      stage.scene(async ({ person }) => {
        const priya = await person("priya", { javaScript });
        await begins(priya, CAST.luca.name, "After a serious incident");
        await priya.chooses("How did you meet?", "In person");
        await priya.fills("What happened?", "On Friday, at a visit.");
        await priya.fillsDate("Day of the incident", inDays(1));
        await priya.presses("Save supervision", { status: 422 });
        await priya.sees("Day of the incident must not be after the date held");
        await priya.fillsDate("Day of the incident", daysAgo(11));
        await priya.fills("How they are, and what the work does to them", "He has not slept.");
        await priya.presses("Save supervision");
        await priya.sees("A day to meet again would have been past by now, so it is booked for the next working day");
        await priya.sees(daysAgo(11).words);
        const luca = await person("luca", { javaScript });
        await luca.opens("/bookings");
        const booked = luca.page.locator("tbody tr", { hasText: "After a serious incident" });
        assert.equal(await booked.count(), 3);
        assert.ok((await booked.first().innerText()).includes(nextWorkingDay().words), "a week after the incident is past");
        await luca.presses(/^I shall be there/);
        await luca.sees("Confirmed: you will be there");
        const ros = await person("ros", { javaScript });
        await ros.opens(priya.path.split("?")[0]);
        await ros.findsNoTraceOf("He has not slept.");
        await ros.sees("On Friday, at a visit.");
      }),
    );

    test(
      "brothers and sisters are talked about together, each with what differs",
      stage.scene(async ({ person }) => {
        const priya = await person("priya", { javaScript });
        await priya.opens("/cases");
        await priya.follows("F-1042");
        const path = priya.path;
        await priya.follows("Note brothers or sisters");
        await priya.fills("Reference of a brother’s or sister’s case", "F-0000");
        await priya.presses("Add", { status: 422 });
        await priya.sees("There is no case with this reference that you manage");
        await priya.fills("Reference of a brother’s or sister’s case", "F-0930");
        await priya.presses("Add");
        await priya.sees("They are talked about together from now on");
        await priya.opens(path);
        await priya.sees("Brothers and sisters");
        await priya.follows("Log supervision");
        await priya.chooses("How did you meet?", "Video call");
        const sibling = priya.within(/^F-0930/);
        await sibling.fills("What differs for this child", "He lives with his grandmother during the week.");
        await sibling.chooses("Was this child seen?", "Yes, but not alone");
        await sibling.fillsDate("Date last seen", daysAgo(2));
        await sibling.chooses("Risk now for this child", "Standard");
        await sibling.chooses("Which way has it gone?", "Down");
        const entry = priya.within(/^F-1042/);
        await writesAbout(entry, "Mornings are calmer.");
        await priya.page.getByText("More to ask about this case").first().click();
        await entry.fills("What pattern do they show?", "Each time after payday.");
        await priya.savesSupervision();
        await priya.sees("Supervision saved");
        await priya.sees("He lives with his grandmother during the week.");
        await priya.opens("/cases");
        await priya.follows("F-0930");
        await priya.sees("He lives with his grandmother during the week.");
        await priya.sees("Mornings are calmer.");
        await priya.sees("Each time after payday.");
        await priya.follows("Change who they are");
        await priya.presses("Take this case out of the group");
        await priya.sees("The case is on its own again");
      }),
    );

    test(
      "an organisation asks a question of its own, and retires one; what was answered keeps its words",
      stage.scene(async ({ person }) => {
        const helen = await person("helen", { javaScript });
        await helen.opens("/settings");
        await helen.follows("What the forms ask");
        await helen.follows("Peer supervision");
        await helen.follows("Change these questions");
        const fresh = helen.within("A new question, or nothing");
        await fresh.fills("Question", "What did you laugh about?");
        await helen.presses("Save as a new version", { status: 422 });
        await helen.sees("Enter the heading under which it stands");
        await fresh.fills("Heading under which it stands", "The conversation");
        await fresh.ticks("Open in the form, not under “More to ask”");
        await helen.within("What was brought, without names?").ticks("No longer asked");
        await helen.selects("Approved by", CAST.helen.name);
        await helen.fills("Reason", "Asked for by the teams");
        await helen.presses("Save as a new version");
        await helen.sees("The questions are saved as a new version");
        await helen.sees("What did you laugh about?");
        const gwen = await person("gwen", { javaScript });
        await gwen.opens("/supervision/peer");
        await gwen.chooses("With whom did you talk?", CAST.tom.name);
        await gwen.presses("Continue");
        assert.equal(await gwen.page.getByLabel("What was brought, without names?").count(), 0);
        await gwen.chooses("How did you meet?", "Phone");
        await gwen.fills("What did you laugh about?", "The fax machine.");
        await gwen.presses("Save supervision");
        await gwen.sees("The fax machine.");
      }),
    );

    test(
      "a record of the wrong family is declared void, and the case is due as before",
      stage.scene(async ({ person }) => {
        const priya = await person("priya", { javaScript });
        await begins(priya, CAST.gwen.name, "Between the two of you");
        await priya.chooses("How did you meet?", "Phone");
        await priya.chooses("What was it for?", "Case supervision");
        await priya.selects("Add a case", /^F-1042/);
        await priya.presses("Add this case");
        await writesAbout(priya.within(/^F-1042/), "This is about somebody else.");
        await priya.savesSupervision();
        await priya.sees("Supervision saved");
        const path = priya.path.split("?")[0];
        assert.equal(await priya.page.getByText("Declare this record void").count(), 0, "not one’s own");
        const ros = await person("ros", { javaScript });
        await ros.opens(path);
        await ros.follows("Declare this record void");
        await ros.presses("Declare it void", { status: 422 });
        await ros.sees("Write why this record does not count");
        await ros.fills("Why does this record not count?", "It is about another family.");
        await ros.presses("Declare it void");
        await ros.sees("The record is void");
        await ros.sees("It is about another family.");
        await priya.opens("/cases");
        await priya.follows("F-1042");
        await priya.sees("Void: it does not count");
      }),
    );

    test(
      "a brother’s case goes to somebody else while a session is written up: what was typed about him stays",
      stage.scene(async ({ person }) => {
        const priya = await person("priya", { javaScript });
        await priya.opens("/cases");
        await priya.follows("F-1042");
        const path = priya.path;
        await priya.follows("Note brothers or sisters");
        await priya.fills("Reference of a brother’s or sister’s case", "F-0930");
        await priya.presses("Add");
        await priya.opens(path);
        await priya.follows("Log supervision");
        await priya.chooses("How did you meet?", "Video call");
        const sibling = priya.within(/^F-0930/);
        await sibling.fills("What differs for this child", "He lives with his grandmother during the week.");
        await sibling.chooses("Was this child seen?", "Not seen yet");
        await sibling.chooses("Risk now for this child", "Standard");
        await sibling.chooses("Which way has it gone?", "Down");
        await writesAbout(priya.within(/^F-1042/), "Mornings are calmer.");
        const elsewhere = await person("priya", { javaScript });
        await elsewhere.opens("/cases");
        await elsewhere.follows("F-0930");
        await elsewhere.follows("Change details");
        await elsewhere.selects("Lead practitioner", CAST.tom.name);
        await elsewhere.presses("Save case");
        await priya.presses("Save supervision");
        await priya.sees("Worth a second look");
        await priya.presses("Save supervision", { status: 422 });
        await priya.sees("This person does not work on that case. Remove it");
        const typed = priya.page.getByLabel("What differs for this child");
        assert.equal(await typed.inputValue(), "He lives with his grandmother during the week.");
        await elsewhere.follows("Change details");
        await elsewhere.selects("Lead practitioner", CAST.gwen.name);
        await elsewhere.presses("Save case");
        await priya.savesSupervision();
        await priya.sees("He lives with his grandmother during the week.");
        await priya.opens(`${path}/siblings`);
        await priya.presses("Take this case out of the group");
      }),
    );
  });
}
