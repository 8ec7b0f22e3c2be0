// Keeping teams, people and cases in order, with and without JavaScript.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { CAST } from "./support/cast.mjs";
import { inDays } from "./support/days.mjs";
import { setStage } from "./support/stage.mjs";

for (const javaScript of [true, false]) {
  describe(`keeping order, JavaScript ${javaScript ? "on" : "off"}`, () => {
    const stage = setStage();

    test(
      "an administrator adds a team, puts somebody into it, renames and moves it",
      stage.scene(async ({ person }) => {
        const admin = await person("admin", { javaScript });
        await admin.follows("People");
        await admin.follows("Teams");
        await admin.reads("Teams");
        await admin.follows("Add a team");
        await admin.presses("Save team");
        assert.equal(admin.status, 422);
        await admin.sees("Enter the team’s name");
        await admin.fills("Name", "Riverside team");
        await admin.selects("Team above it", "Safeguarding service");
        await admin.presses("Save team");
        assert.equal(admin.status, 422);
        await admin.sees("There is a team of this name already");
        await admin.still({ name: "Riverside team" });
        await admin.fills("Name", "Harbour team");
        await admin.presses("Save team");
        await admin.reads("Teams");
        await admin.sees("Team saved");
        await admin.sees(", nobody yet");

        await admin.follows("People");
        await admin.follows(CAST.nia.name);
        await admin.follows(/^Change/);
        await admin.selects("Team", "Harbour team");
        await admin.presses("Save person");
        await admin.reads(CAST.nia.name);
        await admin.sees("Harbour team");

        await admin.opens("/teams");
        await admin.follows("Safeguarding service");
        await admin.selects("Team above it", "Harbour team");
        await admin.presses("Save team");
        assert.equal(admin.status, 422);
        await admin.sees("A team cannot stand below itself");
        await admin.opens("/teams");
        await admin.follows("Harbour team");
        await admin.fills("Name", "Quayside team");
        await admin.selects("Team above it", "Practice quality");
        await admin.presses("Save team");
        await admin.sees("Team saved");
        const below = admin.page.locator("li", { has: admin.page.getByRole("link", { name: "Practice quality" }) }).last();
        assert.match(await below.innerText(), /Quayside team, 1 person/);
        const harbour = await person("admin", { javaScript });
        await harbour.opens("/people");
        assert.ok(!(await harbour.words()).includes("Harbour team"));
      }),
    );

    test(
      "a case whose practitioner has left waits to be allocated, and loses nothing",
      stage.scene(async ({ person }) => {
        const priya = await person("priya", { javaScript });
        await priya.opens("/cases");
        const led = priya.page.locator("tr", { hasText: CAST.farah.name }).first();
        const reference = (await led.locator("th a").innerText()).trim();
        const admin = await person("admin", { javaScript });
        await admin.opens("/people");
        await admin.follows(CAST.farah.name);
        await admin.follows("Hand over their work");
        await admin.chooses("Why do they hand over?", "They leave, and their account closes");
        await admin.page.locator("select[name='all_case']").selectOption("nobody");
        for (const [name, option] of [["all_co_work", { value: "nobody" }], ["all_action", { label: await actionsTo(admin, CAST.owen.name) }]]) {
          const select = admin.page.locator(`select[name='${name}']`);
          if (await select.count()) await select.selectOption(option);
        }
        await admin.presses("Hand over");
        await admin.sees("Everything is handed over, and the account is closed");
        await priya.opens("/cases");
        await priya.follows(reference);
        await priya.sees("Not allocated yet");
        await priya.follows("Change details");
        await priya.fills("Label", "Another label");
        await priya.presses("Save case");
        await priya.sees("Case saved");
      }),
    );

    test(
      "a case that is closed while a session about it is typed takes no word away",
      stage.scene(async ({ person }) => {
        const priya = await person("priya", { javaScript });
        await priya.opens("/cases");
        await priya.follows("F-0930");
        await priya.follows("Log supervision");
        const words = "Settled for two years, and now at home for good.";
        await priya.within(/^F-0930/).fills("What has happened since last time", words);
        const other = await priya.secondTab();
        await other.opens("/cases");
        await other.follows("F-0930");
        await other.follows("Change details");
        await other.chooses("Status", "Closed");
        await other.presses("Save case");
        await other.sees("Case saved");
        await priya.presses("Save supervision");
        assert.equal(priya.status, 422);
        await priya.still({ "entry.0.what_happened": words });
        await priya.presses(/^Remove this case/);
        assert.equal(await priya.page.locator('[id="entry.0.what_happened"]').count(), 0);
      }),
    );

    test(
      "what was written when a question was put off stands there the next time",
      stage.scene(async ({ person }) => {
        const gwen = await person("gwen", { javaScript });
        await gwen.opens("/");
        const waiting = gwen.page.locator("section", { hasText: "Questions waiting" }).getByRole("link").first();
        await gwen.goes(() => waiting.click());
        const address = gwen.page.url();
        await gwen.page.locator("#form textarea").fill("I need to think about the first visit.");
        await gwen.page.getByLabel("Put it off until the day below").check();
        await gwen.fillsDate("Put off until", inDays(10));
        await gwen.presses(/^Save reply/);
        await gwen.sees("Reply saved");
        await gwen.opens(address);
        assert.equal(await gwen.page.locator("#form textarea").inputValue(), "I need to think about the first visit.");
      }),
    );
  });
}

// The words of the choice with which somebody takes over all actions, if there are any.
async function actionsTo(admin, name) {
  const words = await admin.page.locator("select[name='all_action'] option").allTextContents();
  return words.find((text) => text.startsWith(name)) ?? "";
}
