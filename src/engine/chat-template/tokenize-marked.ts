import { type Interval, overlap } from "./intervals.ts";
import type { SpecialToken, TemplateTokenizer } from "./template-tokenizer.ts";

/** A special token, or text between special tokens. */
type Piece = number | string;

/**
 * Tokens of a text whose special tokens count, except for those that overlap `plain`. The text is
 * cut at its special tokens exactly as llama.cpp cuts it (`tokenizer_st_partition`), so no word is
 * cut that llama.cpp would leave whole.
 */
export function tokenizeMarked(
  text: string,
  plain: readonly Interval[],
  tokenizer: TemplateTokenizer,
): number[] {
  const specials = inOrder(tokenizer.specialTokens()).filter((each) => text.includes(each.text));
  return partition(text, plain, specials).flatMap((piece) =>
    typeof piece === "number" ? [piece] : tokenizer.tokenize(piece, false),
  );
}

/** Longest first, by bytes. */
function inOrder(specials: readonly SpecialToken[]): SpecialToken[] {
  const bytes = (each: SpecialToken) => Buffer.byteLength(each.text);
  return [...specials].sort((a, b) => bytes(b) - bytes(a));
}

function partition(
  text: string,
  plain: readonly Interval[],
  specials: readonly SpecialToken[],
): Piece[] {
  let pieces: (number | Interval)[] = [{ start: 0, end: text.length }];
  for (const special of specials) {
    const forbidden = special.isText ? [] : plain;
    pieces = pieces.flatMap((piece) =>
      typeof piece === "number" ? [piece] : cutAtToken(text, piece, special, forbidden),
    );
  }
  return pieces
    .map((piece) => (typeof piece === "number" ? piece : text.slice(piece.start, piece.end)))
    .filter((piece) => piece !== "");
}

/** Cuts a piece of text at every place of one special token. */
function cutAtToken(
  text: string,
  { start, end }: Interval,
  special: SpecialToken,
  forbidden: readonly Interval[],
): (number | Interval)[] {
  const pieces: (number | Interval)[] = [];
  let from = start;
  let at = text.indexOf(special.text, from);
  while (at >= 0 && at + special.text.length <= end) {
    const place = { start: at, end: at + special.text.length };
    if (forbidden.some((interval) => overlap(interval, place))) {
      at = text.indexOf(special.text, at + 1);
      continue;
    }
    pieces.push({ start: from, end: special.stripsLeft ? blanksBefore(text, from, at) : at });
    pieces.push(special.token);
    from = special.stripsRight ? blanksAfter(text, place.end, end) : place.end;
    at = text.indexOf(special.text, from);
  }
  return [...pieces, { start: from, end }];
}

/** C's `isspace`. */
const isBlank = (character: string | undefined): boolean => /^[ \t\n\v\f\r]$/.test(character ?? "");

function blanksBefore(text: string, from: number, at: number): number {
  let end = at;
  while (end > from && isBlank(text[end - 1])) end--;
  return end;
}

function blanksAfter(text: string, from: number, end: number): number {
  let start = from;
  while (start < end && isBlank(text[start])) start++;
  return start;
}
