import type { EditorView } from "../chat/view.ts";
import { widthOf } from "../text/cells.ts";
import type { Block } from "./block.ts";
import { mergeSegments, type Row, segment, truncateRow } from "./row.ts";
import { marks } from "./theme.ts";
import { windowAround, windowRows } from "./window.ts";

const mostRows = 8;

/** What Tab would complete, the chosen one marked. */
export function completionsBlock(editor: EditorView, width: number): Omit<Block, "priority"> {
  const { completions, chosen } = editor;
  const column = Math.max(0, ...completions.map(({ word }) => widthOf(word)));
  const draw = (height: number): Row[] =>
    windowRows(windowAround(Math.max(0, chosen), completions.length, height), (index) => {
      const { word = "", describe = "" } = completions[index] ?? {};
      const isChosen = index === chosen;
      const filler = " ".repeat(column - widthOf(word));
      const parts = mergeSegments([
        segment(isChosen ? marks.chosen : " ".repeat(widthOf(marks.chosen)), "mark"),
        segment(word, isChosen ? "chosen" : "plain"),
        segment(describe === "" ? "" : `${filler}  ${describe}`, "dim"),
      ]);
      return truncateRow(parts, width);
    });
  return { want: Math.min(mostRows, completions.length), least: 3, draw };
}
