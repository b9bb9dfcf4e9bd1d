import type { Value } from "./jinja-library.ts";
import { jinjaValue, listOf } from "./jinja-values.ts";

/** An entry of an object whose keys are integers. */
export type IntegerEntry = readonly [key: number, value: Value];

/**
 * An object with integer keys. The library knows text as keys only; this one holds them as text and
 * gives integers wherever a template meets them.
 */
export function integerKeyed(entries: readonly IntegerEntry[]): Value {
  const object = jinjaValue({});
  const items = object.value as Map<string, Value>;
  for (const [key, value] of entries) items.set(String(key), value);
  const pairs = (): IntegerEntry[] => [...items].map(([key, value]) => [Number(key), value]);
  const lists = {
    items: () => listOf(pairs().map(pairOf)),
    keys: () => jinjaValue([...items.keys()].map(Number)),
    values: () => listOf([...items.values()]),
  };
  const methods = {
    ...lists,
    dictsort: () => listOf(pairs().sort(byKey).map(pairOf)),
    get: (key: unknown, missing?: Value) => items.get(String(key)) ?? missing ?? jinjaValue(null),
  };
  const builtins = Object.entries(methods).map(
    ([name, method]) => [name, methodOf(method)] as const,
  );
  // The library reads methods from here, and a loop over the object calls `keys`.
  Object.defineProperty(object, "builtins", { value: new Map(builtins) });
  return Object.assign(object, lists);
}

function pairOf([key, value]: IntegerEntry): Value {
  return listOf([jinjaValue(key), value]);
}

function byKey([a]: IntegerEntry, [b]: IntegerEntry): number {
  return a - b;
}

/** A function of the library whose result is a value of the library already. */
function methodOf(method: (key?: unknown, missing?: Value) => Value): Value {
  const call = ([key, missing]: readonly Value[]) => method(key?.value, missing);
  return Object.assign(jinjaValue(String), { value: call });
}
