import type { EditorView } from "../chat/view.ts";
import { cellsOf, widthOf } from "../text/cells.ts";
import type { Block } from "./block.ts";
import { layoutEditor } from "./editor-layout.ts";
import { mergeSegments, type Row, type Segment, segment, truncateRow } from "./row.ts";
import { marks } from "./theme.ts";
import { windowAround, windowRows } from "./window.ts";

/** The message that is being written, with its cursor. */
export function editorBlock(editor: EditorView, width: number): Omit<Block, "priority"> {
  const indent = widthOf(marks.prompt);
  // A terminal that narrow has no room for a mark.
  const narrow = width < 3 * indent;
  const room = narrow ? width : width - indent;
  const before = (index: number): Segment =>
    segment(narrow ? "" : index === 0 ? marks.prompt : " ".repeat(indent), "mark");
  if (editor.text === "") {
    const draw = (): Row[] => [
      mergeSegments([before(0), ...placeholder(editor.placeholder, room)]),
    ];
    return { want: 1, least: 1, draw };
  }
  const { rows, cursorRow } = layoutEditor(editor, room);
  const draw = (height: number): Row[] =>
    windowRows(windowAround(cursorRow, rows.length, height), (index) => {
      const { start = 0, end = 0 } = rows[index] ?? {};
      const text = editor.text.slice(start, end);
      const cursor = index === cursorRow ? editor.cursor - start : undefined;
      return mergeSegments([before(index), ...withCursor(text, cursor)]);
    });
  return { want: rows.length, least: 1, draw };
}

function placeholder(text: string, width: number): Row {
  const first = cellsOf(text)[0]?.text ?? " ";
  const rest = text.slice(first.length);
  return truncateRow([segment(first, "cursor"), segment(rest, "dim")], width);
}

/** A row's text with the cell at an offset inverse, or a blank one behind its end. */
function withCursor(text: string, offset: number | undefined): Segment[] {
  if (offset === undefined) return [segment(text)];
  const cell = cellsOf(text).find(({ start, text: { length } }) => offset < start + length);
  if (cell === undefined) return [segment(text), segment(" ", "cursor")];
  const end = cell.start + cell.text.length;
  // A character without a width of its own would make the cursor vanish.
  const under = cell.width === 0 ? " " : "";
  return [
    segment(text.slice(0, cell.start)),
    segment(cell.text + under, "cursor"),
    segment(text.slice(end)),
  ];
}
