import { widthOf } from "../text/cells.ts";
import { type Row, row, truncateRow } from "./row.ts";
import { marks } from "./theme.ts";

/** The hint in one row: of one in several parts those are kept whole that fit, from the first on. */
export function hintRow(hint: string, width: number): Row {
  const parts = hint.split(marks.between);
  for (let count = parts.length; count > 0; count--) {
    const rest = count < parts.length ? [marks.more] : [];
    const text = [...parts.slice(0, count), ...rest].join(marks.between);
    if (widthOf(text) <= width) return row(text, "dim");
  }
  return truncateRow(row(hint, "dim"), width);
}
