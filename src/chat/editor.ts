import stringWidth from "string-width";
import { fromKeyboard } from "../text/sanitise.ts";
import { edgeFrom, nextEdge, previousEdge } from "./graphemes.ts";
import type { Key } from "./key.ts";
import { wordEnd, wordStart } from "./words.ts";

/** A message that is being written. */
export interface Editor {
  readonly text: string;
  /** Offset in `text`, in UTF-16 units, at the edge of a grapheme. */
  readonly cursor: number;
  /** While moving up and down: the column that the movement began in, in cells; else -1. */
  readonly column: number;
}

/** Nothing written. */
export const emptyEditor: Editor = { text: "", cursor: 0, column: -1 };

/** A text of the history or of a saved chat, as if it had been pasted, with the cursor at its end. */
export function editorWith(source: string): Editor {
  const text = fromKeyboard(source);
  return { text, cursor: text.length, column: -1 };
}

/**
 * The message after a key that edits or moves.
 *
 * @returns undefined for keys that do neither, and where up or down would leave the text
 */
export function edit(editor: Editor, key: Key): Editor | undefined {
  if (key.type === "text") return insert(editor, fromKeyboard(key.text));
  return edits[key.type]?.(editor);
}

/** The column is what up and down keep: everything else forgets it. */
const edits: Readonly<Record<string, (editor: Editor) => Editor | undefined>> = {
  newline: (editor) => insert(editor, "\n"),
  backspace: ({ text, cursor }) => cut(text, previousEdge(text, cursor), cursor),
  delete: ({ text, cursor }) => cut(text, cursor, nextEdge(text, cursor)),
  left: ({ text, cursor }) => at(text, previousEdge(text, cursor)),
  right: ({ text, cursor }) => at(text, nextEdge(text, cursor)),
  "word-left": ({ text, cursor }) => at(text, edgeFrom(text, wordStart(text, cursor))),
  "word-right": ({ text, cursor }) => at(text, edgeFrom(text, wordEnd(text, cursor))),
  home: ({ text, cursor }) => at(text, lineStart(text, cursor)),
  end: ({ text, cursor }) => at(text, lineEnd(text, cursor)),
  "delete-word": ({ text, cursor }) => cut(text, wordStart(text, cursor), cursor),
  "delete-to-start": ({ text, cursor }) => cut(text, lineStart(text, cursor), cursor),
  "delete-to-end": ({ text, cursor }) => cut(text, cursor, lineEnd(text, cursor)),
  up: (editor) => toLine(editor, lineStart(editor.text, editor.cursor) - 1),
  down: (editor) => toLine(editor, lineEnd(editor.text, editor.cursor) + 1),
};

function insert({ text, cursor }: Editor, added: string): Editor {
  return at(text.slice(0, cursor) + added + text.slice(cursor), cursor + added.length);
}

function cut(text: string, from: number, to: number): Editor {
  return at(text.slice(0, from) + text.slice(to), from);
}

function at(text: string, cursor: number): Editor {
  // What has come together may be one grapheme now.
  return { text, cursor: edgeFrom(text, cursor), column: -1 };
}

/**
 * Moves to another line, to the column that the movement began in or as near as the line goes.
 *
 * @param place any offset in that line
 */
function toLine({ text, cursor, column }: Editor, place: number): Editor | undefined {
  if (place < 0 || place > text.length) return undefined;
  const wanted = column < 0 ? stringWidth(text.slice(lineStart(text, cursor), cursor)) : column;
  const end = lineEnd(text, place);
  let width = 0;
  let found = lineStart(text, place);
  while (found < end) {
    const next = nextEdge(text, found);
    width += stringWidth(text.slice(found, next));
    if (width > wanted) break;
    found = next;
  }
  return { text, cursor: found, column: wanted };
}

function lineStart(text: string, place: number): number {
  return place === 0 ? 0 : text.lastIndexOf("\n", place - 1) + 1;
}

function lineEnd(text: string, place: number): number {
  const end = text.indexOf("\n", place);
  return end < 0 ? text.length : end;
}
