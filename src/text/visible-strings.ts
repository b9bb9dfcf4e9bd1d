import { messageMax, nameMax, visibleText } from "./visible-text.ts";

/** Fields that hold sentences; all others hold names. */
const sentences: ReadonlySet<string> = new Set([
  ...["text", "hint", "message", "details", "description", "presetDescription"],
  ...["findings", "texts", "notes"],
]);

/**
 * Data whose strings are all fit to be shown, so that nothing drawn from it has to think of that: each
 * string as `visibleText` writes it, names shorter than sentences. Keys and everything else stay.
 */
export function visibleStrings<T>(data: T): T {
  return shown(data, "") as T;
}

function shown(value: unknown, key: string): unknown {
  if (typeof value === "string")
    return visibleText(value, sentences.has(key) ? messageMax : nameMax);
  if (Array.isArray(value)) return value.map((each) => shown(each, key));
  if (!isPlain(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, shown(each, name)]));
}

function isPlain(value: unknown): value is object {
  return (
    typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype
  );
}
