const wordCharacter = /[\p{L}\p{M}\p{N}_]/u;

/** Where the word begins that `at` is in or behind. */
export function wordStart(text: string, at: number): number {
  return back(text, back(text, at, false), true);
}

/** Where the word ends that `at` is in or before. */
export function wordEnd(text: string, at: number): number {
  return forth(text, forth(text, at, false), true);
}

/** Over characters of words, or of none. */
function back(text: string, from: number, words: boolean): number {
  let at = from;
  while (at > 0) {
    const paired = isLowSurrogate(text.charCodeAt(at - 1)) && at > 1;
    const before = at - (paired ? 2 : 1);
    if (wordCharacter.test(text.slice(before, at)) !== words) return at;
    at = before;
  }
  return at;
}

function forth(text: string, from: number, words: boolean): number {
  let at = from;
  while (at < text.length) {
    const character = String.fromCodePoint(text.codePointAt(at) as number);
    if (wordCharacter.test(character) !== words) return at;
    at += character.length;
  }
  return at;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
