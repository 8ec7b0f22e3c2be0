// When the database cannot be written to: nobody loses a word, nothing is half written, and it goes on by itself.

import assert from "node:assert/strict";
import { stat } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { CAST, PASSWORD } from "./support/cast.mjs";
import { Caller, hiddenFields, mainTextOf, titleOf } from "./support/http.mjs";
import { startServer } from "./support/server.mjs";

const KEPT = "It could not be saved just now. Nothing you wrote is lost";

const write = async (tom, title, body) => {
  const form = hiddenFields((await tom.gets("/reflections/new")).text, "/reflections/new");
  const fields = [...form, ["title", title], ["body", body], ["audience", "private"]];
  return { fields, answer: await tom.posts("/reflections/new", fields) };
};

// The page says that it could not be saved, and every word is still in its box.
const assertKept = (answer, title, body) => {
  assert.equal(answer.status, 503);
  assert.match(titleOf(answer.text), /^Error: Write a reflection/);
  assert.ok(mainTextOf(answer.text).includes(KEPT), mainTextOf(answer.text).slice(0, 400));
  assert.ok(answer.text.includes(`value="${title}"`) && answer.text.includes(body), "the words are there");
};

describe("faults", () => {
  let server;
  let tom;

  before(async () => {
    server = await startServer();
    tom = await new Caller(server.baseUrl).signsIn(CAST.tom.email, PASSWORD);
  });
  after(() => server?.stop());

  const titles = async () => (await tom.gets("/reflections")).text;

  test("a full disk: nothing half written, no word lost, and all is well when there is room again", async () => {
    await server.halt();
    const { size } = await stat(server.database);
    await server.start({ mostBytes: size + 65_536 });
    const body = "What I saw, at length. ".repeat(800);
    let refused;
    for (let number = 0; number < 200 && !refused; number += 1) {
      const { fields, answer } = await write(tom, `Long ${number}`, body);
      if (answer.status !== 303) refused = { fields, answer, title: `Long ${number}` };
    }
    assert.ok(refused, "the disk was never full");
    assertKept(refused.answer, refused.title, body.trim());
    assert.equal((await tom.gets("/reflections")).status, 200, "reading goes on");
    await server.halt();
    await server.start();
    assert.match((await server.run(["audit", "verify"])).stdout, /whole/);
    assert.ok(!(await titles()).includes(refused.title), "it was not saved by halves");
    assert.equal((await tom.posts("/reflections/new", refused.fields)).status, 303, "the form that was kept saves now");
    assert.ok((await titles()).includes(refused.title));
  });
});
