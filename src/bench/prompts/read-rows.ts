import { type UserError, usageError } from "../../errors.ts";
import { visibleText } from "../../text/visible-text.ts";
import { formatsOf, likelyFormat } from "./detect-format.ts";
import { formatHint, type PromptFormat, promptFormats, type RowContent } from "./formats.ts";
import { isGiven, isObject, type JsonObject, kindOf, RowFault, textField } from "./row-fields.ts";
import { frameKeys, frameOf, type RowFrame } from "./row-frame.ts";
import { type FileRow, shownMax } from "./split-rows.ts";

/** A row of a file of prompts, whatever its format was. */
export interface PromptRow extends RowContent, Omit<RowFrame, "id" | "category"> {
  readonly id: string;
  readonly category: string;
  /** Short name of the file, for ids that several files have. */
  readonly source: string;
}

/** How a file is read. */
export interface ReadOptions {
  /** `--prompts-format`: taken for every row, in place of what its keys say. */
  readonly format?: string | undefined;
  readonly onNote: (note: string) => void;
}

/** Unread keys that a note names. */
const keysNamed = 12;

/**
 * Reads rows, each by its own keys. A row without an id has its line's number, one without a category
 * the source's name.
 *
 * @param source the file's name without its folder and ending
 * @throws UserError (usage) for the first bad row, which it shows with the format that it looks like
 */
export function readRows(
  rows: readonly FileRow[],
  { file, source }: { readonly file: string; readonly source: string },
  { format, onNote }: ReadOptions,
): PromptRow[] {
  const asked = promptFormats.find(({ name }) => name === format);
  const unread = new Set<string>();
  let before: PromptFormat | undefined = asked;
  const read = rows.flatMap((each): PromptRow[] => {
    const row = objectOf(each, before);
    const found = asked ?? formatOf(row, each, before);
    before = found;
    for (const key of Object.keys(row)) if (!isRead(key, found)) unread.add(key);
    const { id = String(each.number), category = source, ...frame } = frameIn(row, each, found);
    const content = faultsIn(each, found, () => found.read(row));
    return content === undefined ? [] : [{ ...frame, ...content, id, category, source }];
  });
  if (read.length === 0) throw usageError(`${file} holds no prompt`, formatHint(before));
  const silent = rows.length - read.length;
  if (silent > 0) onNote(`${file}: conversations without a question are left out: ${silent}`);
  if (unread.size > 0) onNote(`${file}: keys that specdec does not read: ${named(unread)}`);
  return read;
}

function isRead(key: string, { needs, reads }: PromptFormat): boolean {
  return needs.includes(key) || reads.includes(key) || frameKeys.includes(key);
}

/**
 * A bare text is a prompt, a request of OpenAI's batch files is what its body asks, prefix and suffix
 * by themselves are code to fill in, and LMSYS-Chat says `conversation` where ShareGPT says
 * `conversations`.
 */
function objectOf(row: FileRow, before: PromptFormat | undefined): JsonObject {
  const { value } = row;
  if (typeof value === "string")
    return { prompt: faultsIn(row, before, () => textField(value, "prompt")) };
  if (!isObject(value)) {
    throw rowError(row, `expected an object, got ${kindOf(value)}`, before);
  }
  const { body, prefix, suffix, ...around } = value;
  if (isObject(body) && "messages" in body) return { ...around, ...body };
  const { conversation, ...others } = value;
  if (Array.isArray(conversation) && !("conversations" in value)) {
    return { ...others, conversations: conversation };
  }
  const isBare = isGiven(prefix) && isGiven(suffix) && !("prompt" in value || "infill" in value);
  return isBare ? { ...around, infill: { prefix, suffix } } : value;
}

function formatOf(row: JsonObject, each: FileRow, before: PromptFormat | undefined): PromptFormat {
  const [found, ...others] = formatsOf(row);
  if (found === undefined) {
    const likely = likelyFormat(row, before);
    const missing = likely.needs.filter((key) => !(key in row));
    const fault =
      missing.length > 0
        ? `${missing.join(" and ")} is missing`
        : `${likely.needs.join(" and ")} is null`;
    throw rowError(each, fault, likely);
  }
  if (others.length === 0) return found;
  const names = [found, ...others].map(({ name }) => name);
  throw usageError(
    `${each.place} may be ${names.join(" or ")}: ${shownRow(each)}`,
    `Say which with --prompts-format ${names.join(" or --prompts-format ")}.`,
  );
}

function frameIn(row: JsonObject, each: FileRow, format: PromptFormat): RowFrame {
  return faultsIn(each, format, () => frameOf(row));
}

/** What `read` returns; a fault in the row gets its place. */
function faultsIn<T>(row: FileRow, format: PromptFormat | undefined, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof RowFault)) throw error;
    throw rowError(row, error.message, format);
  }
}

function rowError(
  row: FileRow,
  fault: string,
  format: PromptFormat = promptFormats[0] as PromptFormat,
): UserError {
  return usageError(
    `${row.place}: ${fault}. It looks like ${format.title}: ${shownRow(row)}`,
    formatHint(format),
  );
}

/** The start of a row as JSON. */
function shownRow({ value }: FileRow): string {
  try {
    return visibleText(JSON.stringify(value), shownMax);
  } catch (error) {
    // Lists in lists in lists, deeper than the stack.
    if (!(error instanceof RangeError)) throw error;
    return "too deep to show";
  }
}

function named(keys: ReadonlySet<string>): string {
  const all = [...keys].sort().map((key) => visibleText(key, 40));
  const more = all.length - keysNamed;
  return more <= 0 ? all.join(", ") : `${all.slice(0, keysNamed).join(", ")} and ${more} more`;
}
