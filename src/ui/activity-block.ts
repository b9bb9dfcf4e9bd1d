import type { ChatView } from "../chat/view.ts";
import { answerRows } from "./answer-rows.ts";
import { bar } from "./bar.ts";
import type { Block } from "./block.ts";
import { comparisonRows } from "./comparison-rows.ts";
import { loadRows } from "./load-rows.ts";
import { type Row, row, segment, truncateRow, wrapSegments } from "./row.ts";
import { marks, type Theme } from "./theme.ts";
import { firstRows, lastRows } from "./window.ts";

/** How what goes on is drawn. */
export interface ActivityLook {
  readonly width: number;
  readonly theme: Theme;
  /** The most rows that anything can get. */
  readonly budget: number;
}

/** What goes on: the load, the prompt that is read, the answer as it comes, or what went wrong. */
export function activityBlock(view: ChatView, look: ActivityLook): Omit<Block, "priority"> {
  const { activity } = view;
  switch (activity.type) {
    case "loading": {
      const rows = loadRows(activity.loads, look.width);
      return { want: rows.length, least: 3, draw: (height) => lastOnes(rows, height) };
    }
    case "idle":
      return liveBlock(view, look, []);
    case "reading":
      return liveBlock(view, look, [readingRow(activity.done, activity.total, look.width)]);
    case "answering":
      // A row stays where the next line will be, so that nothing below it jumps.
      return liveBlock(view, look, view.live.spans.length === 0 ? [row(marks.more, "dim")] : []);
    case "comparing": {
      const { comparison, side } = activity;
      const { width, theme } = look;
      const draw = (height: number): Row[] =>
        comparisonRows(comparison, { width, theme, provenance: view.provenance, height, side });
      return { want: look.budget, least: 4, draw };
    }
    case "crashed":
      return crashBlock(activity.message, look.width);
  }
}

function liveBlock(
  view: ChatView,
  look: ActivityLook,
  behind: readonly Row[],
): Omit<Block, "priority"> {
  const { spans, startsLine } = view.live;
  const part = { spans, startsLine, provenance: view.provenance };
  const rows = [...(spans.length === 0 ? [] : answerRows(part, look.width, look.theme)), ...behind];
  return { want: rows.length, least: 3, draw: (height) => lastRows(rows, height) };
}

function readingRow(done: number, total: number, width: number): Row {
  const text = "reading the prompt";
  const numbers = `${done} of ${total} tokens`;
  const room = Math.min(24, width - text.length - numbers.length - 4);
  return truncateRow(
    [
      segment(text, "dim"),
      ...(room >= 6 ? [segment("  "), ...bar(done / total, room)] : []),
      segment(`  ${numbers}`, "dim"),
    ],
    width,
  );
}

function crashBlock(message: string, width: number): Omit<Block, "priority"> {
  const rows = wrapSegments([segment("error: ", "error"), segment(message)], width);
  const keys = wrapSegments(
    [segment(`Enter starts it anew${marks.between}Esc quits`, "strong")],
    width,
  );
  const draw = (height: number): Row[] => [
    ...firstRows(rows, Math.max(0, height - keys.length)),
    ...lastOnes(keys, height),
  ];
  return { want: rows.length + keys.length, least: 2 + keys.length, draw };
}

function lastOnes(rows: readonly Row[], height: number): Row[] {
  return rows.slice(Math.max(0, rows.length - height));
}
