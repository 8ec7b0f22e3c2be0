// A journal stays shut after an administrator gave its author's account another address and had a new password chosen there.

import assert from "node:assert/strict";
import { test } from "node:test";
import { axe } from "./support/axe.mjs";
import { CAST } from "./support/cast.mjs";
import { startMail } from "./support/mail.mjs";
import { setStage } from "./support/stage.mjs";

const stage = setStage();
const ELSEWHERE = "somebody.else@example.org";

for (const [who, javaScript] of [["gwen", true], ["luca", false]]) {
  test(
    `whoever gets at somebody's account through an administrator does not get at their journal, ${javaScript ? "with" : "without"} JavaScript`,
    stage.scene(async ({ person, stranger, server }) => {
      const author = await person(who, { javaScript });
      await author.opens("/reflections/new");
      await author.fills("Title", "Mine alone");
      await author.fills("What?", "I was afraid.");
      await author.presses("Save reflection");
      const own = author.path.split("?")[0];

      const admin = await person("admin", { javaScript });
      await admin.opens("/people");
      await admin.follows(CAST[who].name);
      await admin.follows("Change details");
      await admin.fills("Email address", `${who}.${ELSEWHERE}`);
      await admin.presses("Save person");
      await admin.presses("Send a link for a new password");

      const mail = await startMail();
      await server.run(["deliver"], { settings: mail.settings });
      await mail.stop();
      const to = (address) => mail.received.filter((letter) => letter.to.includes(address)).map((letter) => letter.mail.text);
      assert.match(to(CAST[who].email).join(), /another email address.*stays shut for 14 days/s, "who has the account is told where they were");
      const [, link] = /(\/welcome\/\S+)/.exec(to(`${who}.${ELSEWHERE}`).join());

      const intruder = await stranger({ javaScript });
      await intruder.opens(link);
      await intruder.fills("New password", "marmalade bicycle lantern");
      await intruder.presses(/password/);
      await intruder.reads(/My week$/);
      for (const address of ["/reflections", own, `${own}/edit`, `${own}/share`, "/reflections/new", "/reflections/cpd"]) {
        await intruder.opens(address, { status: 503 });
        await intruder.reads(/^Your journal is shut until \d+ \w+ \d{4}/);
        await intruder.findsNoTraceOf("Mine alone", "I was afraid");
      }
      await intruder.sees("Nothing in it is lost");
      if (javaScript) assert.deepEqual(await axe(intruder.page), []);
      await intruder.opens("/drafts");
    }),
  );
}
