// Somebody gets another supervisor in the middle of a week: what was held before is still written up. With JavaScript and without.

import { describe, test } from "node:test";
import { CAST } from "./support/cast.mjs";
import { daysAgo } from "./support/days.mjs";
import { setStage } from "./support/stage.mjs";

const WORDS = "Handed over in good order.";

for (const javaScript of [true, false]) {
  describe(`another supervisor, JavaScript ${javaScript ? "on" : "off"}`, () => {
    const stage = setStage();

    test(
      "whoever supervised somebody until yesterday opens the form and writes up what they held, and nothing since",
      stage.scene(async ({ person }) => {
        const admin = await person("admin", { javaScript });
        await admin.opens("/people");
        await admin.follows(CAST.luca.name);
        const luca = admin.path;
        await admin.follows(/^Add a supervisor/);
        await admin.selects("Supervisor", CAST.marta.name);
        await admin.chooses("In what?", "Line supervision");
        await admin.presses("Save supervisor");
        await admin.sees("Supervisor saved");

        const priya = await person("priya", { javaScript });
        await priya.opens("/supervision/new");
        await priya.sees(`supervised by you until ${daysAgo(1).words}`);
        await priya.opens(`/supervision/new?supervisee=${luca.split("/").pop()}`);
        await priya.chooses("What was it for?", "Personal supervision");
        await priya.chooses("How did you meet?", "Phone");
        await priya.fills("Workload", WORDS);
        await priya.presses("Save supervision", { status: 422 });
        await priya.sees(`You supervised this person in that until ${daysAgo(1).words}. Check the date`);
        await priya.still({ "personal.workload": WORDS });
        await priya.fillsDate("Date held", daysAgo(1));
        await priya.savesSupervision();
        await priya.sees("Supervision saved");
        await priya.sees(WORDS);
      }),
    );
  });
}
