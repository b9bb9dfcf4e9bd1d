import type { PromptRow } from "./read-rows.ts";

/**
 * Rows with an id of their own each. The first row keeps its id; a later one with the same id gets
 * its file's name before it (`question:81`), or a number after it where it is from the same file
 * (`81 (2)`). Names depend on nothing but the order of the rows.
 */
export function withDistinctIds(
  rows: readonly PromptRow[],
  onNote: (note: string) => void,
): PromptRow[] {
  const taken = new Map<string, string>();
  const numbers = new Map<string, number>();
  const changed: string[] = [];
  const distinct = rows.map((row) => {
    const id = freeId(row, taken, numbers);
    taken.set(id, row.source);
    if (id !== row.id) changed.push(id);
    return id === row.id ? row : { ...row, id };
  });
  if (changed.length > 0) onNote(noteOf(changed));
  return distinct;
}

function freeId(
  { id, source }: PromptRow,
  taken: ReadonlyMap<string, string>,
  numbers: Map<string, number>,
): string {
  const owner = taken.get(id);
  if (owner === undefined) return id;
  const base = owner === source ? id : `${source}:${id}`;
  if (!taken.has(base)) return base;
  let number = (numbers.get(base) ?? 1) + 1;
  while (taken.has(numbered(base, number))) number++;
  numbers.set(base, number);
  return numbered(base, number);
}

function numbered(base: string, number: number): string {
  return `${base} (${number})`;
}

function noteOf(changed: readonly string[]): string {
  const [first] = changed;
  return changed.length === 1
    ? `note: two prompts have the same id: one is called ${first}`
    : `note: ${changed.length} prompts have ids that others have: they are called ${first} and so on`;
}
