// Things to press that are too small for an unsteady hand: under 24 by 24 CSS pixels (WCAG 2.5.8).

// A link within a line of text is as high as the text and is excepted, as the guideline excepts it.
export async function smallTargets(page) {
  const all = await page.evaluate(() => {
    const shown = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: false }) && element.getClientRects().length > 0;
    const offPage = ({ right, bottom }) => right + scrollX <= 0 || bottom + scrollY <= 0;
    // With a label, the label is pressed as well: the two together are the target.
    const reach = (element) => {
      const boxes = [element, ...(element.matches("[type=radio], [type=checkbox]") ? (element.labels ?? []) : [])].map((part) => part.getBoundingClientRect());
      const left = Math.min(...boxes.map((box) => box.left));
      const top = Math.min(...boxes.map((box) => box.top));
      const right = Math.max(...boxes.map((box) => box.right));
      const bottom = Math.max(...boxes.map((box) => box.bottom));
      return { left, top, right, bottom, width: right - left, height: bottom - top };
    };
    const inText = (link) => {
      if (link.localName !== "a" || getComputedStyle(link).display !== "inline") return false;
      const line = link.closest("p, li, td, th, dd, dt, figcaption, div");
      const around = [...line.childNodes].filter((node) => !node.contains(link)).map((node) => node.textContent).join("");
      return around.trim() !== "";
    };
    return [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [role=button], [tabindex='0']")]
      .filter((element) => shown(element) && !element.closest("[aria-hidden=true]"))
      .map((element) => ({ element, box: reach(element) }))
      .filter(({ element, box }) => !offPage(box) && (box.width < 23.9 || box.height < 23.9) && !inText(element) && !element.matches(".govuk-skip-link"))
      .map(({ element, box }) => `${box.width.toFixed(1)} × ${box.height.toFixed(1)}: ${element.outerHTML.slice(0, 140)}`);
  });
  return all.length > 5 ? [...all.slice(0, 5), `and ${all.length - 5} more like these`] : all;
}
