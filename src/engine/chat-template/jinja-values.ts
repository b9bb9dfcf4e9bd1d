import { Environment, type Value } from "./jinja-library.ts";

/** The library's value for a JavaScript value. */
export function jinjaValue(value: unknown): Value {
  return new Environment().set("value", value);
}

/** A list of values that are the library's already. */
export function listOf(values: readonly Value[]): Value {
  return Object.assign(jinjaValue([]), { value: values });
}

/** Equality as Python has it: by kind and value; numbers and truth values are alike. */
export function isEqual(a: Value, b: Value): boolean {
  if (isNumeric(a) && isNumeric(b)) return Number(a.value) === Number(b.value);
  if (Array.isArray(a.value) && Array.isArray(b.value)) return sameItems(a.value, b.value);
  if (a.value instanceof Map && b.value instanceof Map) return sameEntries(a.value, b.value);
  return a.type === b.type && a.value === b.value;
}

function sameItems(a: readonly Value[], b: readonly Value[]): boolean {
  return a.length === b.length && a.every((item, i) => isEqual(item, b[i] as Value));
}

function sameEntries(a: ReadonlyMap<string, Value>, b: ReadonlyMap<string, Value>): boolean {
  return (
    [...a].every(([key, value]) => isEqual(value, b.get(key) ?? jinjaValue(undefined))) &&
    a.size === b.size
  );
}

function isNumeric({ type }: Value): boolean {
  return type === "IntegerValue" || type === "FloatValue" || type === "BooleanValue";
}

/** Numbers, truth values, none and undefined. */
export function isScalar(value: Value): boolean {
  return isNumeric(value) || value.type === "NullValue" || value.type === "UndefinedValue";
}

/** How Python writes a value: `True`, `None`; an undefined one as nothing. */
export function pythonText(value: Value): string {
  if (value.type === "BooleanValue") return value.value === true ? "True" : "False";
  if (value.type === "NullValue") return "None";
  return value.type === "UndefinedValue" ? "" : value.toString();
}
