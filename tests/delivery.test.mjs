// The outbox against three mail servers by three makers, which go wrong in every way in which mail servers do; and against
// processes that are killed. No mail is lost, and none comes twice unless the sender died between the 250 and its note of it:
// then it is the same mail to the byte.

import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { cp, mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { CAST } from "./support/cast.mjs";
import { workingMorning } from "./support/days.mjs";
import { MAIL_SERVERS, openPostOffice } from "./support/mail-servers.mjs";
import { edits } from "./support/python.mjs";
import { BINARY, startServer } from "./support/server.mjs";

const MORNING = new Date(workingMorning());
const later = (minutes) => new Date(MORNING.getTime() + minutes * 60_000).toISOString();
// Longer than a failed mail waits after its first try, and than a claim lasts whose sender died.
const A_WHILE = 6;

// The demonstration on a working morning, before and after its reminders were queued.
let fresh, queued, ids;

before(async () => {
  const server = await startServer();
  await server.halt();
  fresh = server;
  queued = await copyOf(server);
  ids = JSON.parse((await queued.run(["remind", "--at", later(0)])).stdout).map(({ mail }) => mail);
  assert.ok(ids.length > 3, "there are several mails to send");
});

after(async () => {
  await fresh?.stop();
  await queued?.remove();
});

// The same database in a folder of its own, and the commands on it.
async function copyOf({ folder, environment }) {
  const copy = await mkdtemp(path.join(os.tmpdir(), "fresh-eyes-test-"));
  await cp(folder, copy, { recursive: true });
  return new Place(copy, { ...environment, FRESH_EYES_DATABASE: `sqlite:${path.join(copy, "fresh-eyes.sqlite")}` });
}

class Place {
  constructor(folder, environment) {
    this.folder = folder;
    this.environment = environment;
  }

  // Runs a command to its end, or to its death: run(["deliver"], { dies: 40 }) kills it after so many milliseconds.
  async run(words, { settings = {}, dies } = {}) {
    const child = spawn(BINARY, words, { cwd: this.folder, env: { ...this.environment, ...settings }, stdio: ["ignore", "pipe", "pipe"] });
    const said = { stdout: "", stderr: "" };
    for (const stream of ["stdout", "stderr"]) child[stream].on("data", (data) => (said[stream] += data));
    const ended = new Promise((resolve) => child.once("close", (code, signal) => resolve({ code, signal })));
    if (dies !== undefined) {
      await Promise.race([sleep(dies), ended]);
      child.kill("SIGKILL");
    }
    const { code, signal } = await ended;
    if (dies === undefined) assert.equal(code, 0, `${words.join(" ")}: ${said.stderr}`);
    return { ...said, wasKilled: signal === "SIGKILL" };
  }

  async delivers(office, minutes) {
    const { stdout } = await this.run(["deliver", "--at", later(minutes)], { settings: office.settings });
    return JSON.parse(stdout);
  }

  remove() {
    return rm(this.folder, { recursive: true, force: true });
  }
}

const idOf = ({ raw }) => /^Message-ID: <([^@]+)@/im.exec(raw)[1];
const textOf = ({ raw }) => raw.replaceAll("\r\n", "\n").trimEnd();

function assertEachCameOnce(taken) {
  assert.deepEqual(taken.map(idOf).sort(), [...ids].sort(), "each mail came once");
  assert.ok(taken.every(({ encrypted }) => encrypted), "each came encrypted");
}

// at(office, place): a copy of the queue and a post office with this fault, cleared away afterwards.
const withOffice = (kind, fault, play) => async () => {
  const [office, place] = await Promise.all([openPostOffice(kind, fault), copyOf(queued)]);
  try {
    await play(office, place);
  } finally {
    await office.close();
    await place.remove();
  }
};

for (const kind of MAIL_SERVERS) {
  describe(`delivery to ${kind.name}`, { skip: kind.isMissing, concurrency: true }, () => {
    const at = (fault, play) => withOffice(kind, fault, play);

    test(
      "one recipient is refused: everybody else has theirs, and the refused one comes once it is taken",
      at({ refuses: CAST.priya.email }, async (office, place) => {
        const summary = await place.delivers(office, 1);
        assert.ok(summary.failed >= 1 && summary.sent === ids.length - summary.failed, JSON.stringify(summary));
        assert.ok((await office.taken()).every(({ to }) => !to.includes(CAST.priya.email)));
        await office.mend();
        assert.deepEqual(await place.delivers(office, 1), { sent: 0, failed: 0 }, "not hammered");
        assert.equal((await place.delivers(office, A_WHILE)).sent, summary.failed);
        assertEachCameOnce(await office.taken());
      }),
    );

    test(
      "“not now” after the text: all come once, later",
      at({ answers: 451 }, async (office, place) => {
        assert.deepEqual(await place.delivers(office, 1), { sent: 0, failed: ids.length });
        await office.mend();
        assert.deepEqual(await place.delivers(office, A_WHILE), { sent: ids.length, failed: 0 });
        assert.deepEqual(await place.delivers(office, 600), { sent: 0, failed: 0 });
        assertEachCameOnce(await office.taken());
      }),
    );

    test(
      "“never” after the text: five tries, and then an administrator has to say so",
      at({ answers: 554 }, async (office, place) => {
        for (const minutes of [1, 10, 30, 90, 300]) {
          assert.deepEqual(await place.delivers(office, minutes), { sent: 0, failed: ids.length });
        }
        await office.mend();
        assert.deepEqual(await place.delivers(office, 480), { sent: 0, failed: 0 }, "given up");
        assert.deepEqual(await office.taken(), []);
      }),
    );

    test(
      "nothing is said after the text: it is not waited for again with each mail, and all come once",
      at({ hangs: true }, async (office, place) => {
        assert.deepEqual(await place.delivers(office, 1), { sent: 0, failed: ids.length });
        await office.mend();
        assert.equal((await place.delivers(office, A_WHILE)).sent, ids.length);
        assertEachCameOnce(await office.taken());
      }),
    );

    test(
      "the line goes dead after the 250: the mail was sent, and is not sent again",
      { skip: !kind.drops && "It cannot be made to do that" },
      at({ drops: true }, async (office, place) => {
        assert.deepEqual(await place.delivers(office, 1), { sent: ids.length, failed: 0 });
        await office.mend();
        assert.deepEqual(await place.delivers(office, 600), { sent: 0, failed: 0 });
        assertEachCameOnce(await office.taken());
      }),
    );

    test(
      "no encryption is offered: nothing is said in the open, and all come once it is",
      at({ bare: true }, async (office, place) => {
        assert.deepEqual(await place.delivers(office, 1), { sent: 0, failed: ids.length });
        assert.deepEqual(await office.taken(), []);
        await office.mend();
        assert.equal((await place.delivers(office, A_WHILE)).sent, ids.length);
        assertEachCameOnce(await office.taken());
      }),
    );

    test(
      "the sender is killed again and again: nothing is lost, and what comes twice is the same mail",
      at({}, async (office, place) => {
        let [minutes, deaths] = [1, 0];
        for (const dies of [15, 25, 35, 45, 60, 80, 100]) {
          const { wasKilled } = await place.run(["deliver", "--at", later(minutes)], { settings: office.settings, dies });
          deaths += Number(wasKilled);
          minutes += A_WHILE;
        }
        assert.ok(deaths > 0, "it was killed at least once before it was done");
        await place.delivers(office, minutes);
        const taken = await office.taken();
        assert.deepEqual([...new Set(taken.map(idOf))].sort(), [...ids].sort(), "no mail is lost");
        assert.ok(taken.length - ids.length <= deaths, `${taken.length - ids.length} came twice, with ${deaths} deaths`);
        const texts = new Map(taken.map((mail) => [idOf(mail), textOf(mail)]));
        for (const mail of taken) assert.equal(textOf(mail), texts.get(idOf(mail)), "the same to the byte");
      }),
    );
  });
}

test("what works out the reminders is killed again and again: in the end the same mails go to the same people", async () => {
  const sent = async (place) => {
    const office = await openPostOffice(MAIL_SERVERS[0]);
    await place.delivers(office, 1);
    const taken = await office.taken();
    await office.close();
    const words = ({ to, raw }) => `${to}\n${textOf({ raw }).replaceAll(idOf({ raw }), "the mail")}`;
    return taken.map(words).sort();
  };
  const [calm, troubled] = await Promise.all([copyOf(queued), copyOf(fresh)]);
  let deaths = 0;
  for (let dies = 5; dies < 120; dies += 5) {
    const { wasKilled, stdout } = await troubled.run(["remind", "--at", later(0)], { dies });
    deaths += Number(wasKilled && stdout === "");
    await leaseRunsOut(troubled);
  }
  assert.ok(deaths > 3, "it was killed several times before it was done");
  await troubled.run(["remind", "--at", later(0)]);
  assert.deepEqual(await sent(troubled), await sent(calm));
  await Promise.all([calm.remove(), troubled.remove()]);
});

// As if the five minutes had gone by for which the lease of somebody who died still holds.
function leaseRunsOut({ folder }) {
  return edits(path.join(folder, "fresh-eyes.sqlite"), "UPDATE job_leases SET expires_at = '2000-01-01 00:00:00'");
}
