import { maxTokensLimit } from "../../limits.ts";
import { nameMax, visibleText } from "../../text/visible-text.ts";
import {
  anyText,
  countField,
  flagField,
  isGiven,
  type JsonObject,
  kindOf,
  RowFault,
} from "./row-fields.ts";

/** What a row says besides its text, in any format. */
export interface RowFrame {
  readonly id: string | undefined;
  readonly category: string | undefined;
  /** A system message. */
  readonly system: string | undefined;
  readonly raw: boolean | undefined;
  readonly special: boolean | undefined;
  readonly maxTokens: number | undefined;
}

const idKeys = ["id", "question_id", "task_id", "prompt_id", "custom_id", "conversation_id"];
const systemKeys = ["system", "system_prompt"];
const limitKeys = ["max_tokens", "maxTokens", "max_completion_tokens"];

/** Every key that the frame reads. */
export const frameKeys: readonly string[] = [
  ...[...idKeys, ...systemKeys, ...limitKeys],
  ...["category", "raw", "special"],
];

/** @throws RowFault for a value of another kind */
export function frameOf(row: JsonObject): RowFrame {
  const idKey = keyOf(row, idKeys);
  const systemKey = keyOf(row, systemKeys);
  const limitKey = keyOf(row, limitKeys);
  const system = isGiven(row[systemKey]) ? anyText(row[systemKey], systemKey) : "";
  return {
    id: nameField(row[idKey], idKey),
    category: nameField(row.category, "category"),
    system: system.trim() === "" ? undefined : system,
    raw: flagField(row.raw, "raw"),
    special: flagField(row.special, "special"),
    maxTokens: countField(row[limitKey], limitKey, maxTokensLimit),
  };
}

/** The first of the keys that has a value; the first of all where none has. */
function keyOf(row: JsonObject, keys: readonly string[]): string {
  return keys.find((key) => isGiven(row[key])) ?? (keys[0] as string);
}

/** A name for tables, in one line; undefined where it is not given or empty. */
function nameField(value: unknown, path: string): string | undefined {
  if (!isGiven(value)) return undefined;
  if (typeof value !== "string" && typeof value !== "number") {
    throw new RowFault(path, `expected text or a number, got ${kindOf(value)}`);
  }
  return visibleText(String(value).trim(), nameMax) || undefined;
}
