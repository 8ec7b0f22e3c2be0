// A server and a browser for the tests of one file, and a scene for each test.

import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { after, before } from "node:test";
import { fileURLToPath } from "node:url";
import { openBrowser } from "./browser.mjs";
import { CAST } from "./cast.mjs";
import { startServer } from "./server.mjs";

export const OUTPUT = fileURLToPath(new URL("../output", import.meta.url));

// Starts both before the tests of the file (or of the `describe` around) and stops them after.
export function setStage({ settings = {} } = {}) {
  const stage = new Stage();
  before(async () => {
    stage.server = await startServer({ settings: typeof settings === "function" ? settings() : settings });
    stage.browser = await openBrowser(stage.server.baseUrl);
  });
  after(async () => {
    await stage.browser?.close();
    await stage.server?.stop();
  });
  return stage;
}

class Stage {
  server;
  browser;

  // scene(async ({ person, stranger, server }) => …) is the body of a test. At its end nobody's browser may have seen
  // an error; when it fails, pictures of what each saw and the server's log are kept.
  scene(play) {
    return async (t) => {
      const people = [];
      const stranger = async (options) => {
        const somebody = await this.browser.stranger(options);
        people.push(somebody);
        return somebody;
      };
      // person("priya", { javaScript, width }): signed in through the page.
      const person = async (who, options) => {
        const somebody = await stranger(options);
        await somebody.signsIn(CAST[who].email);
        await somebody.reads(/My week$/);
        return somebody;
      };
      try {
        await play({ person, stranger, server: this.server, t });
        const troubles = people.flatMap((somebody) => somebody.troubles);
        assert.deepEqual(troubles, [], "the browser complained");
      } catch (error) {
        await this.#keepEvidence(t.name, people).catch((failure) => console.error(failure));
        throw error;
      } finally {
        await Promise.all(people.map((somebody) => somebody.leaves()));
      }
    };
  }

  async #keepEvidence(name, people) {
    await mkdir(OUTPUT, { recursive: true });
    const stem = path.join(OUTPUT, name.toLowerCase().replace(/[^a-z0-9]+/g, "-").slice(0, 80));
    for (const [at, somebody] of people.entries()) {
      await somebody.page.screenshot({ path: `${stem}-${at}.png`, fullPage: true }).catch(() => {});
      await writeFile(`${stem}-${at}.html`, await somebody.page.content()).catch(() => {});
      if (somebody.troubles.length > 0) console.error(`Person ${at} at ${somebody.path}:\n  ${somebody.troubles.join("\n  ")}`);
    }
    const lines = this.server.log.split("\n");
    console.error(`The server's last words:\n${lines.slice(-40).join("\n")}`);
  }
}
