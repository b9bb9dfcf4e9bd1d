import { type UserError, usageError } from "../../errors.ts";
import { visibleText } from "../../text/visible-text.ts";
import { formatHint } from "./formats.ts";

/** Characters of a row that a message shows at most. */
export const shownMax = 80;

/** One row of a file, parsed. */
export interface FileRow {
  readonly value: unknown;
  /** Line or item, from 1. */
  readonly number: number;
  /** Where it was found, for messages. */
  readonly place: string;
}

/**
 * Splits a file into rows: JSON lines, a JSON array, or a single JSON value. Blank lines are skipped.
 *
 * @param file named in messages
 * @throws UserError (usage) for text that is not JSON, with its line, and where there is no row
 */
export function splitRows(text: string, file: string): FileRow[] {
  const rows = wholeJson(text, file) ?? jsonLines(text, file);
  if (rows.length === 0) throw usageError(`${file} holds no prompt`, formatHint());
  return rows;
}

/** @returns undefined where the text is not a single JSON value */
function wholeJson(text: string, file: string): FileRow[] | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    if (isBrokenArray(text)) throw notJson(text, file, cause as Error);
    return undefined;
  }
  if (!Array.isArray(value)) return [{ value, number: 1, place: `${file} line 1` }];
  return value.map((each, i) => ({ value: each, number: i + 1, place: `${file} item ${i + 1}` }));
}

/** Whether a text begins with a bracket that its first line does not close. */
function isBrokenArray(text: string): boolean {
  const [first = ""] = text.trimStart().split(lineEnd, 1);
  return first.startsWith("[") && !isJson(first);
}

const lineEnd = /\r\n|\n|\r/;

function jsonLines(text: string, file: string): FileRow[] {
  return text.split(lineEnd).flatMap((line, i): FileRow[] => {
    if (line.trim() === "") return [];
    const place = `${file} line ${i + 1}`;
    return [{ value: parseLine(line, place), number: i + 1, place }];
  });
}

function parseLine(line: string, place: string): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw notJsonAt(place, cause as Error, line);
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** The line of a fault in a JSON text of several lines; the last line where it only ends too early. */
function notJson(text: string, file: string, cause: Error): UserError {
  const position = Number(/at position (\d+)/.exec(cause.message)?.[1] ?? text.trimEnd().length);
  const before = text.slice(0, position).split(lineEnd);
  const line = text.split(lineEnd)[before.length - 1] ?? "";
  return notJsonAt(`${file} line ${before.length}`, cause, line);
}

function notJsonAt(place: string, cause: Error, line: string): UserError {
  return usageError(
    `${place} is not JSON: ${visibleText(cause.message, 120)}. The line: ${visibleText(line.trim(), shownMax)}`,
    formatHint(),
  );
}
