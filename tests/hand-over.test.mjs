// Somebody leaves: everything that is open with them gets somebody else before their account closes. With JavaScript and
// without.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { today } from "./support/days.mjs";
import { setStage } from "./support/stage.mjs";

for (const javaScript of [true, false]) {
  describe(`handing over, JavaScript ${javaScript ? "on" : "off"}`, () => {
    const stage = setStage();

    test(
      "an administrator hands over from somebody who leaves, and the account closes",
      stage.scene(async ({ person }) => {
        const admin = await person("admin", { javaScript });
        await admin.opens("/people");
        await admin.follows("Gwen Hartley");
        await admin.follows("Hand over their work");
        await admin.sees("F-1042");
        await admin.sees(/Cases that they lead/);
        await admin.chooses("Why do they hand over?", "They leave, and their account closes");
        await admin.presses("Hand over", { status: 422 });
        await admin.page.locator(".govuk-error-summary").getByText("Choose who leads the cases from now on").waitFor();
        assert.ok(await admin.within("Why do they hand over?").field("They leave, and their account closes").isChecked(), "nothing typed is lost");
        const selects = admin.page.locator("select[name^='all_']");
        for (const select of await selects.all()) {
          const name = await select.getAttribute("name");
          if (name === "all_case") await select.selectOption({ label: await optionOf(select, /^Nia Prosser, Riverside team: \d+ cases?, weight/) });
          if (name === "all_co_work") await select.selectOption("nobody");
          if (name === "all_action") await select.selectOption("lead");
          if (name === "all_signature") await select.selectOption({ label: "They stay without this signature" });
        }
        await admin.presses("Hand over");
        await admin.sees("Everything is handed over, and the account is closed");
        await admin.sees(today().words);
        assert.equal(await admin.page.getByRole("link", { name: "Hand over their work" }).count(), 0);
        await admin.follows("Hand over what is left");
        await admin.sees("Their account is closed, and nothing is open with them");
        const nia = await person("nia", { javaScript });
        await nia.opens("/cases?words=F-1042");
        await nia.sees("Nia Prosser");
        await admin.presses("Take them back");
        await admin.sees("The account is open: the person works here");
      }),
    );

    test(
      "who may have left is listed with the reasons, and leads to the hand-over",
      stage.scene(async ({ person }) => {
        const admin = await person("admin", { javaScript });
        await admin.opens("/people/leavers");
        await admin.sees("Everybody seems to be at work");
        await admin.opens("/people/import");
        const rows = ["Email,Name,Job title,Team,Roles,Start date", "new.person@example.org,New Person,Social worker,Riverside team,Practitioner,1/9/2026"];
        await admin.fills("Or paste rows from a spreadsheet", rows.join("\n"));
        await admin.presses("Check the file");
        await admin.ticks("This file holds everybody who works here: note who is missing from it");
        await admin.presses("Import 1 row");
        await admin.opens("/people");
        await admin.follows("Who may have left");
        await admin.sees(`Missing from the list of everybody since ${today().words}`);
        await admin.follows(/^Hand over from Tom Osei/);
        await admin.sees("Hand over from Tom Osei");
      }),
    );
  });
}

// The whole words of the first option that fits.
async function optionOf(select, pattern) {
  const words = await select.locator("option").allTextContents();
  const found = words.find((text) => pattern.test(text));
  assert.ok(found, `no option fits ${pattern}: ${words.join(" | ")}`);
  return found;
}
