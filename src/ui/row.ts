import { cellsOf, widthOf } from "../text/cells.ts";
import { type Spaces, wrapText } from "../text/wrap-text.ts";
import type { StyleName } from "./theme.ts";

/** A piece of text in one style. */
export interface Segment {
  readonly text: string;
  readonly style: StyleName;
}

/** One row of the screen, as what stands in it from the left: no newlines, no trailing filler. */
export type Row = readonly Segment[];

/** A segment; "plain" where no style is named. */
export function segment(text: string, style: StyleName = "plain"): Segment {
  return { text, style };
}

/** A row of one segment. */
export function row(text: string, style: StyleName = "plain"): Row {
  return [segment(text, style)];
}

/** A row's text without styles. */
export function textOf(segments: Row): string {
  return segments.map(({ text }) => text).join("");
}

/** The columns that a row takes. */
export function rowWidth(segments: Row): number {
  return widthOf(textOf(segments));
}

/** Segments without empty ones, and neighbours of the same style as one: fewer things to draw. */
export function mergeSegments(segments: readonly Segment[]): Segment[] {
  const merged: Segment[] = [];
  for (const each of segments) {
    const last = merged.at(-1);
    if (each.text === "") continue;
    if (last?.style === each.style) {
      merged[merged.length - 1] = { text: last.text + each.text, style: last.style };
    } else {
      merged.push(each);
    }
  }
  return merged;
}

/** The row itself where it fits into `width` columns, else its begin and an ellipsis. */
export function truncateRow(segments: Row, width: number): Row {
  if (rowWidth(segments) <= width) return segments;
  const kept: Segment[] = [];
  let room = width - 1;
  for (const { text, style } of segments) {
    const cells = cellsOf(text);
    let end = 0;
    for (const cell of cells) {
      if (cell.width > room) {
        room = 0;
        break;
      }
      room -= cell.width;
      end = cell.start + cell.text.length;
    }
    kept.push({ text: text.slice(0, end), style });
    if (end < text.length) break;
  }
  return mergeSegments([...kept, ...(width > 0 ? [segment("…", "dim")] : [])]);
}

/** A row filled up with spaces to `width` columns, or cut to them. */
export function padRow(segments: Row, width: number): Row {
  const cut = truncateRow(segments, width);
  return mergeSegments([...cut, segment(" ".repeat(Math.max(0, width - rowWidth(cut))))]);
}

/** Styled text as rows of `width` columns at most. */
export function wrapSegments(
  segments: readonly Segment[],
  width: number,
  spaces: Spaces = "hang",
): Row[] {
  const pieces = mergeSegments(segments);
  const text = textOf(pieces);
  let index = 0;
  let offset = 0;
  return wrapText(text, width, spaces).map(({ start, end }) => {
    const parts: Segment[] = [];
    for (let piece = pieces[index]; piece !== undefined; piece = pieces[index]) {
      const last = offset + piece.text.length;
      const part = piece.text.slice(Math.max(0, start - offset), Math.max(0, end - offset));
      if (part !== "") parts.push({ text: part, style: piece.style });
      // The rest of this piece belongs to the next row.
      if (last > end) break;
      offset = last;
      index++;
    }
    return parts;
  });
}

/**
 * A text in rows of `width` columns at most, with `mark` before the first and blanks of the same
 * width before the others.
 */
export function wrapBehind(mark: Segment, text: readonly Segment[], width: number): Row[] {
  const indent = widthOf(mark.text);
  return wrapSegments(text, Math.max(1, width - indent)).map((each, index) => [
    index === 0 ? mark : segment(" ".repeat(indent)),
    ...each,
  ]);
}
