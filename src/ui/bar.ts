import { type Segment, segment } from "./row.ts";
import { marks, type StyleName } from "./theme.ts";

/** A bar of `width` columns, filled up to a fraction of 0 to 1. */
export function bar(fraction: number, width: number, style: StyleName = "draft"): Segment[] {
  const filled = Math.round(Math.min(1, Math.max(0, fraction || 0)) * width);
  return [
    segment(marks.filled.repeat(filled), style),
    segment(marks.empty.repeat(width - filled), "dim"),
  ];
}

/**
 * Columns of a stacked bar for values of any unit: they add up to `width`, and what is not nothing
 * has one at least, as long as there is room.
 */
export function stackedColumns(values: readonly number[], width: number): number[] {
  const total = values.reduce((sum, value) => sum + value, 0);
  if (!(total > 0)) return values.map(() => 0);
  const columns = values.map((value) =>
    Math.max(value > 0 ? 1 : 0, Math.round((value / total) * width)),
  );
  const sum = (): number => columns.reduce((whole, each) => whole + each, 0);
  while (sum() !== width) {
    const largest = columns.indexOf(Math.max(...columns));
    columns[largest] = (columns[largest] ?? 0) + Math.sign(width - sum());
  }
  return columns;
}
