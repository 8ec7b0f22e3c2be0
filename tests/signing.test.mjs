// Two people sign a record: in turn, with what one sees otherwise, and opened again by both. With JavaScript and without.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { axe } from "./support/axe.mjs";
import { CAST } from "./support/cast.mjs";
import { setStage } from "./support/stage.mjs";

const REPLY = "I have heard you both. The closure waits until the youngest was asked.";
const DISAGREES = "I do not see the closure that way: nobody has asked the youngest.";

for (const javaScript of [true, false]) {
  describe(`signing, JavaScript ${javaScript ? "on" : "off"}`, () => {
    const stage = setStage();
    let session;

    test(
      "the supervisor writes and signs in one go, and a wrong name loses nothing",
      stage.scene(async ({ person }) => {
        const priya = await person("priya", { javaScript });
        await priya.opens("/supervision/new");
        await priya.chooses("Who did you meet?", CAST.luca.name);
        await priya.presses("Continue");
        await priya.chooses("How did you meet?", "Video call");
        await priya.chooses("What was it for?", "Personal supervision");
        await priya.fills("How they are, and what the work does to them", "Tired, and glad of the leave.");
        await priya.fills("Type your name to sign it now", "Priya");
        await priya.presses("Save supervision", { status: 422 });
        await priya.sees(/To sign, type your name as we know it: Priya Nair/);
        await priya.still({ "personal.wellbeing": "Tired, and glad of the leave.", signature: "Priya" });
        await priya.fills("Type your name to sign it now", "priya nair");
        await priya.presses("Save supervision");
        await priya.sees("Supervision saved");
        await priya.sees("One signature");
        session = new URL(priya.page.url()).pathname;
      }),
    );

    test(
      "who is supervised signs with what they see otherwise, and then nobody changes it alone",
      stage.scene(async ({ person }) => {
        const priya = await person("priya", { javaScript });
        await priya.opens(`${session}/personal`);

        const luca = await person("luca", { javaScript });
        await luca.opens("/supervision");
        assert.match(await luca.page.locator("main tbody tr").first().innerText(), /One signature/);
        await luca.opens(session);
        await luca.follows("Sign with a comment");
        await luca.sees("Tired, and glad of the leave.");
        await luca.fills("What do you see otherwise?", DISAGREES);
        await luca.presses("Sign", { status: 422 });
        await luca.sees("Type your name to sign");
        await luca.still({ comment: DISAGREES });
        await luca.fills("Type your name to sign", CAST.luca.name);
        await luca.presses("Sign");
        await luca.sees(DISAGREES);

        // The supervisor's manager reads it and replies; the two read that.
        const ros = await person("ros", { javaScript });
        await ros.opens(session);
        await ros.sees(DISAGREES);
        await ros.follows("Reply to the comment");
        await ros.sees(DISAGREES);
        await ros.presses("Save reply", { status: 422 });
        await ros.sees("Write what you say to it, and what follows");
        await ros.fills("What do you say to it, and what follows?", REPLY);
        await ros.presses("Save reply");
        await ros.sees("Your reply stands on the record");
        assert.equal(await ros.page.getByRole("link", { name: "Reply to the comment" }).count(), 0, "once is enough");
        await luca.opens(session);
        await luca.sees(REPLY);
        assert.equal(await luca.page.getByRole("link", { name: "Reply to the comment" }).count(), 0);

        // The form was open before both had signed.
        await priya.fills("Workload", "Less than it was.");
        await priya.presses("Save", { status: 422 });
        await priya.sees(/Both have signed this, so it stays as it is/);
        await priya.still({ "personal.workload": "Less than it was." });
        await priya.opens(session);
        await priya.sees(DISAGREES);
        await priya.follows("Add to this record");
        await priya.fills("What do you add?", "The youngest was asked on Thursday.");
        await priya.presses("Add");
        await priya.sees("The youngest was asked on Thursday.");
        await priya.follows("Ask to open it again");
        await priya.fills("Why does it have to be changed?", "The workload is another one since.");
        await priya.presses("Ask");
        await priya.sees("You have asked to open this again");

        // Whoever is asked sees it without opening the record by chance.
        await luca.opens("/");
        await luca.follows(/^Session of .* with Priya Nair: asked to be opened again$/);
        assert.equal(luca.path, session);
        await luca.sees(/Priya Nair asks to open this again/);
        await luca.follows("Leave it as it is");
        await luca.presses("Leave it as it is", { status: 422 });
        await luca.sees("Write why it stays as it is");
        await luca.fills("Why should it stay as it is?", "We spoke of the workload as it was.");
        await luca.presses("Leave it as it is");
        await luca.sees("The record stays as it is, with your reason");
        await luca.opens("/");
        assert.equal(await luca.page.getByText("asked to be opened again").count(), 0);

        // Asked once more and taken back, it waits for nobody; asked again, it can be agreed to.
        await priya.opens(session);
        await priya.sees("We spoke of the workload as it was.");
        for (const goesOn of [false, true]) {
          await priya.follows("Ask to open it again");
          await priya.fills("Why does it have to be changed?", "The workload is another one since.");
          await priya.presses("Ask");
          if (goesOn) break;
          await priya.follows("Take the request back");
          await priya.fills("Why do you take it back?", "We talk first.");
          await priya.presses("Take it back");
          await priya.sees("We talk first.");
        }
        await luca.opens(session);
        await luca.presses("Agree to open it again");
        await luca.sees("Not signed");
        await priya.opens(session);
        await priya.follows("Correct this part");
        await priya.fills("Workload", "Less than it was.");
        await priya.presses("Save");
        await priya.sees("Less than it was.");
        await priya.sees(DISAGREES);
        // What both had signed can still be read.
        const signed = priya.page.locator("details", { hasText: "What both had signed until then" });
        await signed.locator("summary").click();
        assert.match(await signed.innerText(), /Tired, and glad of the leave\./);
      }),
    );

    test(
      "what was wrong in a case entry is put right on the page of the case, and the entry stays",
      stage.scene(async ({ person }) => {
        const priya = await person("priya", { javaScript });
        await priya.opens("/supervision");
        const row = `main tbody tr:has(td[data-label="Supervisor"]:text-is("${CAST.priya.name}")):has(td[data-label="Cases"]:not(:text-is("0")))`;
        await priya.opens(await priya.page.locator(`${row} th a`).first().getAttribute("href"));
        const about = priya.page.locator("h3 a[href^='/cases/']").first();
        const [reference, page] = [(await about.innerText()).trim(), await about.getAttribute("href")];
        await priya.follows(`Add to this about ${reference}`);
        await priya.sees(/Who can read this: everybody who works on or manages this case/);
        await priya.presses("Add", { status: 422 });
        await priya.sees("Write what you add");
        await priya.fills("What do you add, or put right?", "The youngest was seen on Thursday after all.");
        await priya.presses("Add");
        await priya.sees("Added later");
        await priya.sees("The youngest was seen on Thursday after all.");
        for (const who of ["priya", "hanif"]) {
          const reader = await person(who, { javaScript });
          await reader.opens(page);
          await reader.sees("The youngest was seen on Thursday after all.");
        }
      }),
    );

    test(
      "whoever is about to sign sees what the record does not say, and signs all the same",
      stage.scene(async ({ person }) => {
        const priya = await person("priya", { javaScript });
        await priya.opens("/cases");
        await priya.opens(await priya.page.locator("main tbody tr", { hasText: CAST.luca.name }).first().locator("th a").getAttribute("href"));
        await priya.follows("Log supervision");
        await priya.chooses("How did you meet?", "Phone");
        await priya.fills("Decision", "Carry on.");
        await priya.fills("Why", "Discussed, plan agreed.");
        await priya.presses("Save supervision");
        await priya.sees("It is not saved yet. Change what you like; or save again, and it is kept as it is.");
        await priya.presses("Save supervision");
        await priya.sees("Supervision saved");
        const thin = new URL(priya.page.url()).pathname;
        const look = (somebody) => somebody.page.getByRole("region", { name: "Before you sign: worth a second look" });
        assert.match(await look(priya).innerText(), /Would somebody who was not there understand why this was decided\?/);
        if (javaScript) assert.deepEqual(await axe(priya.page), []);
        await priya.fills("Type your name to sign", CAST.priya.name);
        await priya.presses("Sign");
        assert.equal(await look(priya).count(), 0, "she has signed");

        const luca = await person("luca", { javaScript });
        await luca.opens(thin);
        assert.match(await look(luca).innerText(), /Nobody has said whether the child was seen[\s\S]*If you see something differently, sign with a comment/);
        const [reference, about] = await look(luca).getByRole("link").evaluate((link) => [link.innerText, link.hash.slice(1)]);
        assert.ok((await luca.page.locator(`[id="${about}"]`).innerText()).includes(reference), "the link leads to what is meant");
        await luca.follows("Sign with a comment");
        assert.equal(await look(luca).count(), 1);
        await luca.fills("Type your name to sign", CAST.luca.name);
        await luca.presses("Sign");
        await luca.sees("Signed by both");
        assert.equal(await look(luca).count(), 0);
      }),
    );

    test(
      "what was changed in between is not signed unread",
      stage.scene(async ({ person }) => {
        const priya = await person("priya", { javaScript });
        await priya.opens(session);
        const other = await priya.secondTab();
        await other.opens(`${session}/personal`);
        await other.fills("Workload", "As before.");
        await other.presses("Save");
        await priya.fills("Type your name to sign", CAST.priya.name);
        await priya.presses("Sign", { status: 422 });
        await priya.sees(/What stands here has changed since you opened it/);
      }),
    );
  });
}
