import type { EditorView } from "../chat/view.ts";
import { type TextRow, wrapText } from "../text/wrap-text.ts";

/** A message in rows, and the row in which the cursor stands. */
export interface EditorLayout {
  readonly rows: readonly TextRow[];
  readonly cursorRow: number;
}

const layouts = new WeakMap<
  EditorView,
  { readonly width: number; readonly layout: EditorLayout }
>();

/**
 * Wraps the message into rows of `width` columns, one of them left free for a cursor behind the last
 * character. Remembered for each view, since a long message stays the same while an answer streams.
 */
export function layoutEditor(editor: EditorView, width: number): EditorLayout {
  const known = layouts.get(editor);
  if (known?.width === width) return known.layout;
  const rows = wrapText(editor.text, Math.max(1, width - 1), "keep");
  // Where a row ends without a newline, its end is the begin of the next.
  const cursorRow = rows.findLastIndex(({ start }) => start <= editor.cursor);
  const layout = { rows, cursorRow: Math.max(0, cursorRow) };
  layouts.set(editor, { width, layout });
  return layout;
}
