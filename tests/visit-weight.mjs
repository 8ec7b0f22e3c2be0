// What `bin/bench` measures of a visit, in a real browser: bytes over the wire and requests, with an empty cache and then
// with a full one. It fails if the budget of a first visit is broken.

import { openBrowser } from "./support/browser.mjs";
import { CAST } from "./support/cast.mjs";
import { startServer } from "./support/server.mjs";

const MOST_BYTES = 150_000;
const MOST_REQUESTS = 8;

const server = await startServer();
const browser = await openBrowser(server.baseUrl);
let within = true;
try {
  const person = await browser.stranger();
  const weigh = await scales(person.page);
  const line = (what, { bytes, requests }, isFirst = false) => {
    const isOver = isFirst && (bytes > MOST_BYTES || requests > MOST_REQUESTS);
    within &&= !isOver;
    console.log(`${what.padEnd(52)} ${String(requests).padStart(3)} requests ${(bytes / 1000).toFixed(1).padStart(7)} kB${isOver ? "  over budget" : ""}`);
  };
  line("First visit: /sign-in, nothing in the cache", await weigh(() => person.opens("/sign-in")), true);
  await person.fills("Email address", CAST.priya.email);
  await person.fills("Password", "fresh-eyes-demo");
  line("Second page: my week, after signing in", await weigh(() => person.presses("Sign in")));
  line("A page with islands for the first time", await weigh(() => person.opens("/reflections/new")));
  line("The same page again", await weigh(() => person.opens("/reflections/new")));
  await weigh.forget();
  line("A page with islands, nothing in the cache", await weigh(() => person.opens("/reflections/new")), true);
  const memory = await server.memory();
  console.log(`Memory of the server after these: ${(memory / 1e6).toFixed(0)} MB`);
} finally {
  await browser.close();
  await server.stop();
}
process.exitCode = within ? 0 : 1;

// What passes over the wire while something is done, head and body, until nothing more has come for half a second.
async function scales(page) {
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  let bytes = 0;
  let requests = 0;
  let last = 0;
  const fromCache = new Set();
  session.on("Network.requestServedFromCache", ({ requestId }) => fromCache.add(requestId));
  session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    last = Date.now();
    if (fromCache.has(requestId) || encodedDataLength === 0) return;
    requests += 1;
    bytes += encodedDataLength;
  });
  const weigh = async (act) => {
    bytes = 0;
    requests = 0;
    last = Date.now();
    await act();
    while (Date.now() - last < 500) await page.waitForTimeout(100);
    return { bytes, requests };
  };
  weigh.forget = () => session.send("Network.clearBrowserCache");
  return weigh;
}
