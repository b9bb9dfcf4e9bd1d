import { replaceHidden } from "../text/hidden.ts";
import { printableJson } from "../text/printable-json.ts";
import { visibleText, writeVisible } from "../text/visible-text.ts";

/**
 * Lines as text. What files put into them starts no line of its own and steers no terminal.
 *
 * @param max characters of a line at most; see `visibleText`
 */
export function linesText(lines: readonly string[], max?: number): string {
  return lines.map((line) => `${visibleText(line, max)}\n`).join("");
}

/** Prints lines on stdout, as `linesText` writes them. */
export function printLines(lines: readonly string[], max?: number): void {
  process.stdout.write(linesText(lines, max));
}

/** Prints a path alone on a line, whole, so that a script can read it. */
export function printPath(path: string): void {
  printLines([path], Number.POSITIVE_INFINITY);
}

/** Prints data on stdout as indented JSON. */
export function printJson(data: unknown): void {
  process.stdout.write(`${printableJson(data, 2)}\n`);
}

/** Line breaks, also as CSV has them, and colours. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: ANSI codes begin with one.
const ownControls = /(\r?\n|\u001b\[\d+m)/;

/** Prints what a renderer made, whose texts are visible already: its lines and colours stay. */
export function printRendered(text: string): void {
  const parts = text.split(ownControls);
  process.stdout.write(
    parts.map((part, i) => (i % 2 === 1 ? part : replaceHidden(part, writeVisible))).join(""),
  );
}
