import type { ChatView } from "../chat/view.ts";
import { rowWidth } from "../text/wrap-text.ts";
import { activityBlock } from "./activity-block.ts";
import { type Block, stackBlocks } from "./block.ts";
import { completionsBlock } from "./completions-block.ts";
import { detailsRows } from "./details-rows.ts";
import { editorBlock } from "./editor-block.ts";
import { hintRow } from "./hint-row.ts";
import { type Row, truncateRow } from "./row.ts";
import { statusRow } from "./status-row.ts";
import type { Theme } from "./theme.ts";

/** A terminal's size. */
export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

/** From this height on there is an empty row above the editor. */
const roomyHeight = 14;

/** Marks such as "… 37 more lines" fit into this width; below it every row is cut. */
const leastWidth = 24;

/** Columns that text may fill. */
export function textWidth({ columns }: ScreenSize): number {
  return rowWidth(columns);
}

/**
 * Everything below the transcript, from top to bottom, in fewer rows than the terminal has: with as
 * many, each frame would clear it. What is least needed gives way first.
 */
export function liveRows(view: ChatView, size: ScreenSize, theme: Theme): Row[] {
  const budget = Math.max(1, size.rows - 1);
  const width = textWidth(size);
  const { details, provenance } = view;
  const status = statusRow(view.status, width);
  const editor = editorBlock(view.editor, width);
  const blocks: Block[] = [
    { ...activityBlock(view, { width, theme, budget }), priority: 3 },
    { ...fixedBlock(size.rows < roomyHeight ? [] : [[]]), priority: 6 },
    // A long message leaves half of the screen to what goes on.
    { ...editor, want: Math.min(editor.want, Math.max(3, Math.floor(budget / 2))), priority: 0 },
    { ...completionsBlock(view.editor, width), priority: 4 },
    { ...fixedBlock(status.length === 0 ? [] : [status]), priority: 2 },
    {
      ...fixedBlock(
        details === undefined ? [] : detailsRows(details, { width, provenance, theme }),
      ),
      priority: 5,
    },
    {
      ...fixedBlock(view.hint === "" ? [] : [hintRow(view.hint, width)]),
      priority: 1,
    },
  ];
  const rows = stackBlocks(blocks, budget);
  return width < leastWidth ? rows.map((each) => truncateRow(each, width)) : rows;
}

/** Rows of which the last go first. */
function fixedBlock(rows: readonly Row[]): Omit<Block, "priority"> {
  return { want: rows.length, least: 4, draw: (height) => rows.slice(0, height) };
}
