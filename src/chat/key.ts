/**
 * What was pressed or pasted, apart from how a terminal encodes it. Text may be several characters
 * long: a paste, or keys that arrived together. It holds no control characters but newlines.
 */
export type Key =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: Exclude<KeyName, "text"> };

/** Keys that the chat knows; what else is pressed does not reach it. */
export type KeyName =
  | "text"
  | "enter"
  /** A line break in the message: Alt-Enter, Ctrl-J, or Shift-Enter where the terminal tells. */
  | "newline"
  | "tab"
  | "shift-tab"
  | "backspace"
  | "delete"
  | "left"
  | "right"
  | "word-left"
  | "word-right"
  | "up"
  | "down"
  /** Begin and end of the line. */
  | "home"
  | "end"
  /** Deletes the word before the cursor, what stands before it in its line, and behind it. */
  | "delete-word"
  | "delete-to-start"
  | "delete-to-end"
  | "escape"
  | "interrupt"
  | "end-of-input"
  /** Off, subtle, full: how much is shown of where tokens came from. */
  | "provenance"
  | "details"
  | "redraw";
