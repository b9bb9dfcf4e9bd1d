/** An object of a JSON file. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** A row that cannot be read, and why; the place is added where it is known. */
export class RowFault extends Error {
  /** @param path the key, for example "turns.1" */
  constructor(path: string, fault: string) {
    super(`${path}: ${fault}`);
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether a key has a value: tables with columns for several formats leave null in the others. */
export function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/** Text that is not only white space. */
export function textField(value: unknown, path: string): string {
  const text = anyText(value, path);
  if (text.trim() === "") throw new RowFault(path, "is empty");
  return text;
}

/** Text that may be empty. */
export function anyText(value: unknown, path: string): string {
  if (typeof value === "string") return value;
  throw new RowFault(path, `expected text, got ${kindOf(value)}`);
}

/** A list with something in it. */
export function listField(value: unknown, path: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new RowFault(path, `expected a list, got ${kindOf(value)}`);
  if (value.length === 0) throw new RowFault(path, "is empty");
  return value;
}

/** True or false; undefined where it is not given. */
export function flagField(value: unknown, path: string): boolean | undefined {
  if (!isGiven(value)) return undefined;
  if (typeof value === "boolean") return value;
  throw new RowFault(path, `expected true or false, got ${kindOf(value)}`);
}

/** A whole number from 1; undefined where it is not given. */
export function countField(value: unknown, path: string, most: number): number | undefined {
  if (!isGiven(value)) return undefined;
  const fits = Number.isInteger(value) && Number(value) >= 1 && Number(value) <= most;
  if (fits) return Number(value);
  const got = typeof value === "number" ? String(value) : kindOf(value);
  throw new RowFault(path, `expected a whole number from 1 to ${most}, got ${got}`);
}

/** A kind of value, in words. */
export function kindOf(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "an object";
  return typeof value === "boolean"
    ? "true or false"
    : typeof value === "string"
      ? "text"
      : "a number";
}
