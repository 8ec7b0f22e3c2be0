// The language lens of a box, and long texts to give to it.

export const BOX = '[id="body"]';

// About fifteen words to a sentence, with one phrase ("chaotic") in every other.
export const SENTENCES =
  "We agreed that the health visitor comes twice a week until the review in March. The home was chaotic when we came on Tuesday, and nobody had slept in the night. ";

// The words that take longest to look through: many phrases begin with them, and hardly one goes on.
export const HARD = "a the to has not been he she mum dad admitted that she was had been closed ended because of ";

// A reflection's form with the lens at work: once the words are here, it takes the place of the button.
export async function opensLens(somebody) {
  await somebody.opens("/reflections/new");
  await somebody.settles();
  await somebody.page.locator("#check-wording").waitFor({ state: "hidden" });
}

// The whole of `text` as if it had just been typed, however long; how many milliseconds the page was busy with that letter.
export function typed(somebody, text) {
  return somebody.page.evaluate(
    ([box, text]) => {
      const area = document.querySelector(box);
      area.value = text;
      const began = performance.now();
      area.dispatchEvent(new Event("input", { bubbles: true }));
      return performance.now() - began;
    },
    [BOX, text],
  );
}
