import { draftersOf } from "../drafter-choice.ts";
import type { BenchSettings, Cell, CellHeads } from "./report.ts";

/** A file of draft heads in a sweep. */
export type SweepHeads = NonNullable<BenchSettings["heads"]>[number];

/**
 * Files of draft heads as values of an axis, in their order. A kind that is there once is a name;
 * where it is not, the file's name tells them apart, and a number where that is the same, too.
 */
export function headsAxis(files: readonly SweepHeads[]): CellHeads[] {
  const byKind = files.map(({ kind }) => kind);
  const byFile = files.map(({ kind, file }) => `${kind} ${stemOf(file)}`);
  return files.map(({ kind }, index) => {
    const own = byFile[index] ?? kind;
    const number = byFile.slice(0, index + 1).filter((name) => name === own).length;
    const name = isOnly(kind, byKind) ? kind : isOnly(own, byFile) ? own : `${own} ${number}`;
    return { index, kind, name };
  });
}

/** Which heads a drafter is swept over: none where it asks none. */
export function headsOf(
  drafter: Cell["drafter"],
  files: readonly SweepHeads[],
): readonly (CellHeads | undefined)[] {
  return files.length > 0 && draftersOf(drafter).includes("heads") ? headsAxis(files) : [undefined];
}

function isOnly(name: string, names: readonly string[]): boolean {
  return names.filter((each) => each === name).length === 1;
}

function stemOf(file: string): string {
  return file.replace(/\.gguf$/i, "");
}
