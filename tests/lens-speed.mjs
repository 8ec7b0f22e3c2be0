// What `bin/bench` measures of the language lens, in a real browser: how long looking takes, and the letter that began it.
// It fails if somebody who types would feel it.

import { openBrowser } from "./support/browser.mjs";
import { HARD, opensLens, SENTENCES, typed } from "./support/lens.mjs";
import { CAST } from "./support/cast.mjs";
import { startServer } from "./support/server.mjs";

// The lens waits for this long after a letter; by it, its turn is told from other timers.
const PAUSE_MS = 300;

const server = await startServer();
const browser = await openBrowser(server.baseUrl);
let within = true;
try {
  const priya = await browser.stranger();
  await priya.signsIn(CAST.priya.email);
  await priya.page.addInitScript((pause) => {
    const real = window.setTimeout;
    window.looks = [];
    window.setTimeout = (act, time, ...more) =>
      real(() => {
        const began = performance.now();
        act(...more);
        if (time === pause) window.looks.push(performance.now() - began);
      }, time);
  }, PAUSE_MS);
  await opensLens(priya);

  const line = (what, times, most) => {
    const isOver = times.middle > most;
    within &&= !isOver;
    console.log(`${what.padEnd(72)} ${times.middle.toFixed(1).padStart(7)} ms of ${most}${isOver ? "  over budget" : ""}`);
  };
  const short = await several(7, (time) => look(priya, `${time} ${SENTENCES.repeat(67)}`));
  line("The lens: 2,000 words", short.looks, 16);
  // Forty paragraphs of 5,000 letters; then a letter is typed into the last of them.
  const long = `${SENTENCES.repeat(31)}\n\n`.repeat(40);
  await look(priya, long);
  const again = await several(5, (time) => look(priya, `${long}${"x".repeat(time + 1)}`));
  line("The lens: one more letter in 200,000", again.looks, 50);
  line("The letter itself", again.letters, 50);
  // Ten times what can be saved, without a single break: the whole of it is looked through again after each letter.
  const unbroken = HARD.repeat(Math.ceil(200_000 / HARD.length));
  const whole = await several(3, (time) => look(priya, `${unbroken}${"x".repeat(time)}`));
  line("The lens: one paragraph of 200,000 letters of the hardest words", whole.looks, 1_000);
} finally {
  await browser.close();
  await server.stop();
}
process.exitCode = within ? 0 : 1;

// How long the lens took over `text`, and the letter that brought it.
async function look(somebody, text) {
  await somebody.page.evaluate(() => (window.looks.length = 0));
  const letter = await typed(somebody, text);
  await somebody.page.waitForFunction(() => window.looks.length > 0);
  return [await somebody.page.evaluate(() => window.looks[0]), letter];
}

// The middle of several: what else a machine does at a moment is not the lens's.
async function several(times, measure) {
  const taken = [];
  for (let time = 0; time < times; time += 1) taken.push(await measure(time));
  const of = (at) => ({ middle: taken.map((figures) => figures[at]).sort((one, other) => one - other)[Math.floor(times / 2)] });
  return { looks: of(0), letters: of(1) };
}
