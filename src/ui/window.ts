import { type Row, row } from "./row.ts";
import { marks } from "./theme.ts";

/** Which rows are shown, and how many are hidden on either side where a mark says so. */
export interface Window {
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
  /** Rows hidden above, if a mark above says so; 0 for no mark. */
  readonly above: number;
  readonly below: number;
}

/**
 * The part of `total` rows that is shown in `height` rows, marks included, so that the row `cursor`
 * is in it. With one row there is no room for marks, with two for one.
 */
export function windowAround(cursor: number, total: number, height: number): Window {
  if (total <= height) return { from: 0, to: total, above: 0, below: 0 };
  if (height <= 1) return { from: cursor, to: cursor + height, above: 0, below: 0 };
  const rest = total - height + 1;
  if (cursor < height - 1) return { from: 0, to: height - 1, above: 0, below: rest };
  if (cursor >= rest) return { from: rest, to: total, above: rest, below: 0 };
  if (height === 2) return { from: cursor, to: cursor + 1, above: cursor, below: 0 };
  const body = height - 2;
  const from = cursor - Math.floor((body - 1) / 2);
  return { from, to: from + body, above: from, below: total - from - body };
}

/** The rows of a window with its marks. */
export function windowRows(shown: Window, draw: (index: number) => Row): Row[] {
  return [
    ...(shown.above > 0 ? [moreRow(shown.above)] : []),
    ...Array.from({ length: shown.to - shown.from }, (_, i) => draw(shown.from + i)),
    ...(shown.below > 0 ? [moreRow(shown.below)] : []),
  ];
}

/** The last of the rows, with a mark for those above where there is room for it. */
export function lastRows(rows: readonly Row[], height: number): Row[] {
  if (rows.length <= height) return [...rows];
  if (height < 3) return rows.slice(rows.length - height);
  const hidden = rows.length - height + 1;
  return [moreRow(hidden), ...rows.slice(hidden)];
}

/** The first of the rows, with a mark for those below where there is room for it. */
export function firstRows(rows: readonly Row[], height: number): Row[] {
  if (rows.length <= height) return [...rows];
  if (height < 3) return rows.slice(0, height);
  return [...rows.slice(0, height - 1), moreRow(rows.length - height + 1)];
}

function moreRow(count: number): Row {
  return row(`${marks.more} ${count} more ${count === 1 ? "line" : "lines"}`, "dim");
}
