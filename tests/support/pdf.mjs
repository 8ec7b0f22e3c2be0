// The words of a PDF, as a reader of the file would copy them out.

import { extractText, getDocumentProxy } from "unpdf";

export async function wordsOf(bytes) {
  const { text } = await extractText(await getDocumentProxy(new Uint8Array(bytes)), { mergePages: true });
  // A line may break within what is looked for.
  return text.replace(/\s+/g, " ");
}
