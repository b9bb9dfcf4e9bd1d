import { turnId } from "./prompts-of-row.ts";
import type { PromptRow } from "./read-rows.ts";

/**
 * Rows whose prompts have an id of their own each. The first row keeps its id; a later one with the
 * same id gets its file's name before it (`question:81`), or a number after it where it is from the
 * same file (`81 (2)`). Names depend on nothing but the order of the rows.
 */
export function withDistinctIds(
  rows: readonly PromptRow[],
  onNote: (note: string) => void,
): PromptRow[] {
  const ids = new TakenIds();
  const changed: string[] = [];
  const distinct = rows.map((row) => {
    const id = ids.take(row);
    if (id !== row.id) changed.push(id);
    return id === row.id ? row : { ...row, id };
  });
  if (changed.length > 0) onNote(noteOf(changed));
  return distinct;
}

/** Ids of prompts that rows have taken. */
class TakenIds {
  /** By id, the source of the row that has it. */
  readonly #sources = new Map<string, string>();
  /** By id, the last number that was given with it. */
  readonly #numbers = new Map<string, number>();

  /** @returns an id that no prompt of another row has */
  take(row: PromptRow): string {
    const id = this.#freeId(row);
    for (const each of promptIds(id, row)) this.#sources.set(each, row.source);
    return id;
  }

  #freeId(row: PromptRow): string {
    const owner = this.#ownerOf(row.id, row);
    if (owner === undefined) return row.id;
    const base = owner === row.source ? row.id : `${row.source}:${row.id}`;
    if (this.#ownerOf(base, row) === undefined) return base;
    let number = (this.#numbers.get(base) ?? 1) + 1;
    while (this.#ownerOf(numbered(base, number), row) !== undefined) number++;
    this.#numbers.set(base, number);
    return numbered(base, number);
  }

  #ownerOf(id: string, row: PromptRow): string | undefined {
    const taken = promptIds(id, row).find((each) => this.#sources.has(each));
    return taken === undefined ? undefined : this.#sources.get(taken);
  }
}

function promptIds(id: string, { turns }: PromptRow): string[] {
  return turns.map((_, i) => turnId(id, i));
}

function numbered(base: string, number: number): string {
  return `${base} (${number})`;
}

function noteOf(changed: readonly string[]): string {
  const [first] = changed;
  return changed.length === 1
    ? `two prompts have the same id: one is called ${first}`
    : `${changed.length} prompts have ids that others have: they are called ${first} and so on`;
}
