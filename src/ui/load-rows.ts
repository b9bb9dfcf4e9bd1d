import type { LoadView } from "../chat/view.ts";
import { widthOf } from "../text/cells.ts";
import { bar } from "./bar.ts";
import { percent } from "./number-text.ts";
import { mergeSegments, type Row, row, segment, truncateRow } from "./row.ts";

const mostBar = 24;

/** A model's load a row: name, file, bar and percent. The bar goes first where there is no room. */
export function loadRows(loads: readonly LoadView[], width: number): Row[] {
  const names = Math.max(0, ...loads.map(({ file }) => widthOf(file)));
  const fixed = "target  ".length + "  100 %".length;
  const barWidth = Math.min(mostBar, width - fixed - Math.min(names, 24) - 2);
  const withBar = barWidth >= 6;
  const room = Math.max(1, width - fixed - (withBar ? barWidth + 2 : 0));
  const column = Math.min(names, room);
  const rows = loads.map(({ model, file, fraction }) => {
    const name = truncateRow(row(file), column);
    const filler = " ".repeat(Math.max(0, column - widthOf(name.map(({ text }) => text).join(""))));
    const parts = [
      segment(model.padEnd(8), "dim"),
      ...name,
      segment(filler),
      ...(withBar ? [segment("  "), ...bar(fraction, barWidth)] : []),
      segment(`  ${percent(fraction || 0).padStart(5)}`),
    ];
    return truncateRow(mergeSegments(parts), width);
  });
  const nothing = loads.length === 0 ? [row("starting", "dim")] : [];
  return [...nothing, ...rows, truncateRow(row("Esc cancels", "dim"), width)];
}
