// Somebody imports people and cases from a file: they see what would become of each row, mend what is refused, and the same
// file again changes nothing. With JavaScript and without.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setStage } from "./support/stage.mjs";

const PEOPLE = "Email,Full name,Job title,Team,Roles,Start date,Hours,Supervisor's email";
const file = (name, text) => ({ name, mimeType: "text/csv", buffer: Buffer.from(text) });

for (const javaScript of [true, false]) {
  describe(`import, JavaScript ${javaScript ? "on" : "off"}`, () => {
    const stage = setStage();

    test(
      "an administrator uploads people, sees each row, imports the good ones, and mends the others",
      stage.scene(async ({ person }) => {
        const admin = await person("admin", { javaScript });
        await admin.opens("/people");
        await admin.follows("Import people");
        const text = [
          PEOPLE,
          "zoe.adams@example.org,Zoë Adams,Social worker,Riverside team,Practitioner,1/9/2026,30,priya.nair@example.org",
          "bad@example.org,=Bad,Social worker,Nowhere team,Practitioner,1/9/2026,37,",
        ].join("\r\n");
        await admin.field("CSV file").setInputFiles(file("people.csv", text));
        await admin.presses("Check the file");
        await admin.sees("Importing adds 1 person and changes none. 1 row stays out until it is mended.");
        await admin.sees("There is no team “Nowhere team” here");
        await admin.follows(/added/);
        await admin.sees("zoe.adams@example.org");
        const refused = await admin.sends(`${new URL(admin.page.url()).pathname}/refused`);
        assert.match(refused.headers["content-type"], /^text\/csv/);
        assert.ok(refused.text.includes("'=Bad"), "no spreadsheet runs it");
        assert.ok(refused.text.includes("There is no team “Nowhere team” here"));
        await admin.presses("Import 1 row");
        await admin.sees("People are imported");
        await admin.sees("Nobody was sent a mail");
        await admin.follows("See the people");
        await admin.follows("Zoë Adams");
        await admin.sees("Priya Nair");
        await admin.opens("/people/import");
        await admin.field("CSV file").setInputFiles(file("mended.csv", refused.text.replace("Nowhere team", "Riverside team")));
        await admin.presses("Check the file");
        await admin.presses("Import 1 row");
        await admin.sees("People are imported");
        await admin.opens("/people/import");
        await admin.field("CSV file").setInputFiles(file("people.csv", text.split("\r\n").slice(0, 2).join("\r\n")));
        await admin.presses("Check the file");
        await admin.sees("Everything in this file is here already, just so");
      }),
    );

    test(
      "what is no file that we can read is refused in words, and what was pasted stays",
      stage.scene(async ({ person }) => {
        const admin = await person("admin", { javaScript });
        await admin.opens("/people/import");
        const tries = [
          [Buffer.from("Email\nZo\xeb", "latin1"), "This file is not saved as UTF-8"],
          [Buffer.from("PK\x03\x04rest"), "This is a workbook, not a CSV file"],
          [Buffer.from(PEOPLE), "There is no row below the names of the columns"],
          [Buffer.from(`Email\n${"a@b.org\n".repeat(200_000)}`), "This file has more than 20,000 rows"],
          [Buffer.alloc(12 * 1024 * 1024, "a,b\n"), "This file is larger than 8 MB"],
        ];
        for (const [buffer, words] of tries) {
          await admin.field("CSV file").setInputFiles({ name: "x.csv", mimeType: "text/csv", buffer });
          await admin.presses("Check the file", { status: 422 });
          await admin.page.locator(".govuk-error-summary").getByText(words).waitFor();
        }
        await admin.opens("/people/import");
        await admin.fills("Or paste rows from a spreadsheet", PEOPLE);
        await admin.presses("Check the file", { status: 422 });
        assert.equal((await admin.field("Or paste rows from a spreadsheet").inputValue()).trim(), PEOPLE);
      }),
    );

    test(
      "a manager pastes cases, says which column is which, and imports them",
      stage.scene(async ({ person }) => {
        const priya = await person("priya", { javaScript });
        await priya.opens("/cases");
        await priya.follows("Import cases");
        const rows = ["No,Words,Who,Kind,Since,Where,Worker", "N-501,Two boys,Child,Child protection,1/11/2026,Riverside team,gwen.hartley@example.org"];
        await priya.fills("Or paste rows from a spreadsheet", rows.map((row) => row.replaceAll(",", "\t")).join("\n"));
        await priya.presses("Check the file");
        await priya.sees("Which column is which? Cases");
        await priya.presses("Check the rows", { status: 422 });
        await priya.selects("Case reference", /^1\. No/);
        await priya.selects("Label", /^2\. Words/);
        await priya.selects("Who the case is about", /^3\. Who/);
        await priya.selects("Plan", /^4\. Kind/);
        await priya.selects("Date allocated", /^5\. Since/);
        await priya.selects("Team", /^6\. Where/);
        await priya.presses("Check the rows");
        await priya.presses("Import 1 row");
        await priya.sees("Cases are imported");
        const gwen = await person("gwen", { javaScript });
        await gwen.opens("/cases?words=N-501");
        await gwen.sees("Two boys");
        const address = new URL(priya.page.url()).pathname;
        for (const other of ["ros", "gwen", "admin"]) {
          const somebody = await person(other, { javaScript });
          await somebody.opens(address, { status: 404 });
        }
      }),
    );
  });
}
