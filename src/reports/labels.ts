import type { BenchReport, Cell } from "../bench/report.ts";

/** What a report's cells differ in beside method and draft length. */
export interface Varying {
  readonly topK: boolean;
  readonly temp: boolean;
}

/** Which settings the cells of a report differ in. */
export function varyingIn({ cells }: BenchReport): Varying {
  const drafting = cells.filter(({ method }) => method === "speculative");
  return {
    topK: new Set(drafting.map(({ topK }) => topK)).size > 1,
    temp: new Set(cells.map(({ temp }) => temp)).size > 1,
  };
}

/** Names a cell in a sentence, for example "draft length 4, top-k 10". */
export function labelOf(cell: Cell, varying: Varying): string {
  const plain = cell.method === "plain";
  return [
    plain ? "plain" : `draft length ${cell.draftLen}`,
    ...(varying.topK && !plain ? [`top-k ${topKText(cell)}`] : []),
    ...(varying.temp ? [`temperature ${cell.temp}`] : []),
  ].join(", ");
}

/** How a cell's method reads in a row. */
export function methodText({ method, drafter }: Cell): string {
  return method === "plain" ? "plain" : drafter;
}

/** The candidate filter as it reads: 0 keeps all. */
export function topKText({ topK }: Cell): string {
  return topK === 0 ? "all" : String(topK);
}
