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
const ascii = /^[ -~]*$/;

/** The cells of a text of one line. */
export function cellsOf(line: string): Cell[] {
  // Most text is this, and a paste may be long.
  if (ascii.test(line)) return Array.from(line, (text, start) => ({ text, start, width: 1 }));
  return Array.from(segmenter.segment(line), ({ segment, index }) => ({
    text: segment,
    start: index,
    width: stringWidth(segment),
  }));
}

/** The columns that a text of one line takes. */
export function widthOf(text: string): number {
  return stringWidth(text);
}
