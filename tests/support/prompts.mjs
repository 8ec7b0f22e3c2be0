// The questions that ship with the product, from the file that its practitioners would edit.

import { readFileSync } from "node:fs";

const text = readFileSync(new URL("../../domain/content/prompts.toml", import.meta.url), "utf8");

// { key, theme, triggers, text } of every question; the rest of a block is for people.
export const QUESTIONS = text
  .split("[[prompt]]")
  .slice(1)
  .map((block) => ({
    key: line(block, "key"),
    theme: line(block, "theme"),
    triggers: [.../triggers = \[([^\]]*)\]/.exec(block)[1].matchAll(/"([^"]+)"/g)].map(([, trigger]) => trigger),
    text: line(block, "text"),
  }));

export function question(words) {
  const found = QUESTIONS.find(({ text }) => text === words);
  if (!found) throw new Error(`not a question of the library: ${words}`);
  return found;
}

export const isAboutBias = (words) => question(words).theme === "bias";
export const isCalledFor = (words, trigger) => question(words).triggers.includes(trigger);

function line(block, name) {
  return JSON.parse(new RegExp(`^${name} = (".*")$`, "m").exec(block)[1]);
}
