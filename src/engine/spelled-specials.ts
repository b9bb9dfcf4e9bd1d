import type { Vocabulary } from "./port.ts";

/** The control tokens that a text spells, by name and each once, in the order of the text. */
export async function spelledSpecials(vocabulary: Vocabulary, text: string): Promise<string[]> {
  const plain = await vocabulary.tokenize(text);
  const special = await vocabulary.tokenize(text, true);
  if (sameTokens(plain, special)) return [];
  const controls = special.filter((token) => isControl(vocabulary, token));
  const names = controls.map((token) => vocabulary.piece(token).trim());
  // A BOS that the model adds by itself is spelled nowhere.
  return [...new Set(names)].filter((name) => text.includes(name));
}

/** Whether a token is no text of an answer, although it has a name. */
function isControl(vocabulary: Vocabulary, token: number): boolean {
  const detokenizer = vocabulary.detokenizer([]);
  return detokenizer.push(token) + detokenizer.flush() === "" && vocabulary.piece(token) !== "";
}

function sameTokens(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((token, i) => token === b[i]);
}
