import stringWidth from "string-width";

/** What a person takes for one character, and the columns that it takes. */
export interface Cell {
  readonly text: string;
  /** Offset in the text, in UTF-16 units. */
  readonly start: number;
  /** 0 for what only joins or marks, 2 for wide characters. */
  readonly width: number;
}

const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/**
 * Text of which every unit is a character of one column: Latin, Greek and Cyrillic letters,
 * punctuation, box drawing and blocks. Most text is this, and to look closer takes 50 times as long.
 */
const simple =
  /^[ -~\u00a1-\u00ac\u00ae-\u02ff\u0370-\u0482\u048a-\u052f\u2010-\u2027\u2030-\u205e\u2190-\u21ff\u2500-\u259f]*$/;

/** The cells of a text of one line. */
export function cellsOf(line: string): Cell[] {
  if (simple.test(line)) return Array.from(line, (text, start) => ({ text, start, width: 1 }));
  return Array.from(segmenter.segment(line), ({ segment, index }) => ({
    text: segment,
    start: index,
    width: stringWidth(segment),
  }));
}

/** The columns that a text of one line takes. */
export function widthOf(text: string): number {
  return simple.test(text) ? text.length : stringWidth(text);
}
