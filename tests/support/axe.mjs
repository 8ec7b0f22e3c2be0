// The accessibility rules of axe-core. Evaluated by the debugger, so that the page's own security policy stays in force.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const SOURCE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

// What axe finds wrong with the page as it stands, one line for each thing. The page's JavaScript must be on. To look at the contrast of
// each letter takes most of its time: whoever has done so at one width need not at another.
export async function axe(page, { contrast = true } = {}) {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(SOURCE);
  const violations = await page.evaluate(async ({ tags, contrast }) => {
    const rules = { "color-contrast": { enabled: contrast } };
    const result = await window.axe.run(document, { runOnly: { type: "tag", values: tags }, rules, resultTypes: ["violations"] });
    return result.violations.map(({ id, help, nodes }) => ({
      id,
      help,
      nodes: nodes.map(({ target, html, failureSummary }) => ({ target: target.join(" "), html, summary: failureSummary })),
    }));
  }, { tags: TAGS, contrast });
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, html, summary }) => `${id} (${help}): ${target}\n      ${html.slice(0, 200)}\n      ${summary.replace(/\s+/g, " ").slice(0, 300)}`),
  );
}
