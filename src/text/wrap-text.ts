import { type Cell, cellsOf } from "./cells.ts";

/** Columns that text may fill: a row as wide as the terminal would lose its last one when cleared. */
export function rowWidth(columns: number): number {
  return Math.max(1, columns - 1);
}

/** A row of a wrapped text, as offsets in it, in UTF-16 units; the end is exclusive. */
export interface TextRow {
  readonly start: number;
  readonly end: number;
}

/**
 * What becomes of spaces where a row ends: `hang` leaves them out, as in prose; `keep` gives each its
 * column, as in an editor, where the cursor stands between them.
 */
export type Spaces = "hang" | "keep";

/**
 * Breaks a text into rows of `width` columns at most, at spaces and at wide characters, or within a
 * word that is longer than that. A newline ends a row; an empty text is one empty row. A character
 * that is wider than `width` has a row of its own.
 */
export function wrapText(text: string, width: number, spaces: Spaces): TextRow[] {
  const rows: TextRow[] = [];
  let offset = 0;
  for (const line of text.split("\n")) {
    for (const { start, end } of wrapLine(line, width, spaces)) {
      rows.push({ start: offset + start, end: offset + end });
    }
    offset += line.length + 1;
  }
  return rows;
}

function wrapLine(line: string, width: number, spaces: Spaces): TextRow[] {
  // A UTF-16 unit has two columns at most, so it fits as it is.
  if (line.length * 2 <= width) return [{ start: 0, end: line.length }];
  const wrapping = new LineWrapping(line, width, spaces);
  for (const cell of cellsOf(line)) wrapping.add(cell);
  return wrapping.finish();
}

/** The rows of one line, as its cells come. */
class LineWrapping {
  readonly #line: string;
  readonly #width: number;
  readonly #hang: boolean;
  readonly #rows: TextRow[] = [];
  /** The row that grows: where it begins, and its columns so far. */
  #start = 0;
  #columns = 0;
  /** Where it may be broken, and its columns up to there; no place where that is its begin. */
  #breakAt = 0;
  #breakColumns = 0;
  /** Indentation is no place for a break. */
  #hasWord = false;
  /** Spaces stand beyond its end. */
  #hanging = false;

  constructor(line: string, width: number, spaces: Spaces) {
    this.#line = line;
    this.#width = width;
    this.#hang = spaces === "hang";
  }

  add(cell: Cell): void {
    const isSpace = cell.text === " ";
    if (this.#hang && isSpace && this.#hasWord && this.#columns >= this.#width) {
      this.#hanging = true;
      this.#allowBreak(cell.start + 1);
      return;
    }
    if (cell.width > 1) this.#allowBreak(cell.start);
    while (
      this.#hanging ||
      (this.#columns + cell.width > this.#width && cell.start > this.#start)
    ) {
      this.#break(this.#breakAt > this.#start ? this.#breakAt : cell.start);
    }
    this.#columns += cell.width;
    if (!isSpace) this.#hasWord = true;
    if ((isSpace && this.#hasWord) || cell.width > 1)
      this.#allowBreak(cell.start + cell.text.length);
  }

  finish(): TextRow[] {
    this.#push(this.#line.length, this.#hanging);
    return this.#rows;
  }

  #allowBreak(at: number): void {
    this.#breakAt = at;
    this.#breakColumns = this.#columns;
  }

  #break(at: number): void {
    this.#push(at, this.#hang);
    this.#columns = at === this.#breakAt ? this.#columns - this.#breakColumns : 0;
    this.#hasWord = true;
    this.#start = at;
    this.#breakAt = at;
    this.#breakColumns = 0;
    this.#hanging = false;
  }

  #push(end: number, trim: boolean): void {
    let last = end;
    while (trim && last > this.#start && this.#line[last - 1] === " ") last--;
    this.#rows.push({ start: this.#start, end: last });
  }
}
