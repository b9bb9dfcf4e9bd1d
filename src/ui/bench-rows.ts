import type { BenchView } from "../bench/live/view.ts";
import { rowWidth } from "../text/wrap-text.ts";
import { bar } from "./bar.ts";
import { type Block, stackBlocks } from "./block.ts";
import { hintRow } from "./hint-row.ts";
import type { ScreenSize } from "./live-rows.ts";
import { duration } from "./number-text.ts";
import { rowWidth as columnsOf, type Row, type Segment, segment, truncateRow } from "./row.ts";
import { settingsTable } from "./settings-table.ts";
import { marks } from "./theme.ts";

const mostBar = 60;

/**
 * A running bench, from top to bottom, in fewer rows than the terminal has: with as many, each frame
 * would clear it. What is least needed gives way first.
 */
export function benchRows(view: BenchView, size: ScreenSize): Row[] {
  const width = rowWidth(size.columns);
  const table = settingsTable(view.rows, width);
  const blocks: Block[] = [
    { ...fixedBlock([headRow(view, width)]), priority: 0 },
    { ...fixedBlock(barRows(view, width)), priority: 4 },
    { ...fixedBlock(runRows(view, width)), priority: 2 },
    { ...fixedBlock(table.want === 0 ? [] : [[]]), priority: 5 },
    { ...table, priority: 3 },
    { ...fixedBlock(view.hint === "" ? [] : [hintRow(view.hint, width)]), priority: 1 },
  ];
  return stackBlocks(blocks, Math.max(1, size.rows - 1));
}

/** What goes on and how far it is. */
function headRow(view: BenchView, width: number): Row {
  return joinFitting(
    [
      segment(view.activity, "strong"),
      ...countParts(view).map((text) => segment(text)),
      ...(view.leftMs === undefined ? [] : [segment(`${duration(view.leftMs)} left`)]),
      segment(`${duration(view.elapsedMs)} so far`, "dim"),
    ],
    width,
  );
}

/** The parts in one row: from the end on, what does not fit is left out. */
function joinFitting(parts: readonly Segment[], width: number): Row {
  for (let count = parts.length; count > 1; count--) {
    const joined = parts
      .slice(0, count)
      .flatMap((part, i) => (i === 0 ? [part] : [segment(marks.between, "dim"), part]));
    if (columnsOf(joined) <= width) return joined;
  }
  return truncateRow(parts.slice(0, 1), width);
}

/** Of runs the one in hand is told, of all else what is done. */
function countParts({ counts, run }: BenchView): string[] {
  if (counts === undefined) return [];
  const { done, total } = counts;
  return [run === undefined ? `${done} of ${total}` : `run ${done + 1} of ${total}`];
}

function barRows({ counts }: BenchView, width: number): Row[] {
  if (counts === undefined) return [];
  return [bar(counts.done / counts.total, Math.min(mostBar, width))];
}

function runRows({ run }: BenchView, width: number): Row[] {
  if (run === undefined) return [];
  const { setting, prompt, repetition } = run;
  const mark = segment("now  ", "dim");
  const parts = [
    setting,
    prompt,
    ...(repetition === undefined ? [] : [`repetition ${repetition}`]),
  ];
  const room = width - mark.text.length;
  const row = [
    mark,
    ...joinFitting(
      parts.map((text) => segment(text)),
      room,
    ),
  ];
  return [truncateRow(row, width)];
}

/** Rows of which the last go first. */
function fixedBlock(rows: readonly Row[]): Omit<Block, "priority"> {
  return { want: rows.length, least: rows.length, draw: (height) => rows.slice(0, height) };
}
