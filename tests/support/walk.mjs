// Everything that somebody can reach, by every link that they are shown and by every address that they could guess.

import assert from "node:assert/strict";
import { linksOf } from "./http.mjs";
import { wordsOf } from "./pdf.mjs";

// Pages that only lead on, or end something; and those of the rules, of which there are many and which hold no records.
const LEFT_OUT = /^\/(sign-out|accessibility|calendar|prompts\/[a-z]|settings\/(lexicon|prompts)\/)|[?&]after=|#/;
const MOST = 600;

// walks(caller, guesses, read): read({ address, text, isPdf }) is told what each page and file says.
export async function walks(caller, guesses, read) {
  const seen = new Set();
  const waiting = ["/", ...guesses];
  while (waiting.length > 0 && seen.size < MOST) {
    const address = waiting.shift().split("#")[0];
    if (seen.has(address) || LEFT_OUT.test(address)) continue;
    seen.add(address);
    const answer = await caller.gets(address);
    const isPdf = /^application\/pdf/.test(answer.headers["content-type"] ?? "");
    const text = isPdf ? await wordsOf(answer.bytes) : answer.text;
    if (isPdf) assert.ok(text.length > 100, `${address} can be read`);
    read({ address, text, isPdf });
    if (!/^text\/html/.test(answer.headers["content-type"] ?? "")) continue;
    waiting.push(...linksOf(answer.text).map(({ to }) => to).filter((to) => to?.startsWith("/")));
  }
  assert.ok(seen.size < MOST, "the walk came to its end");
  assert.ok(seen.size > 10, `only ${seen.size} pages`);
}
