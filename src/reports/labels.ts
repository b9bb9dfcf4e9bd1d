import { boundOfAuto } from "../bench/cell-id.ts";
import type { Cell } from "../bench/report.ts";

/** What a report's cells differ in beside the draft length. */
export interface Varying {
  readonly drafter: boolean;
  readonly topK: boolean;
  /** Between cells of the same draft length, which a tree's size follows by default. */
  readonly treeSize: boolean;
  readonly pMin: boolean;
  readonly temp: boolean;
}

/** Which settings the cells of a report, or of a plan, differ in. */
export function varyingIn({ cells }: { readonly cells: readonly Cell[] }): Varying {
  const drafting = cells.filter(({ method }) => method === "speculative");
  const differ = (values: readonly unknown[]): boolean => new Set(values).size > 1;
  return {
    drafter: differ(drafting.map(methodText)),
    topK: differ(drafting.map(({ topK }) => topK)),
    treeSize: drafting.some((cell) =>
      drafting.some((other) => other.treeSize !== cell.treeSize && sameLength(other, cell)),
    ),
    pMin: differ(drafting.map(({ pMin }) => pMin)),
    temp: differ(cells.map(({ temp }) => temp)),
  };
}

function sameLength(a: Cell, b: Cell): boolean {
  return a.adaptive ? b.adaptive : !b.adaptive && a.draftLen === b.draftLen;
}

/** Names a cell in a sentence, for example "draft length 4, top-k 10"; a lossy one always as such. */
export function labelOf(cell: Cell, varying: Varying): string {
  return [
    ...(cell.method === "speculative" ? draftingLabel(cell, varying) : otherLabel(cell)),
    ...(varying.temp ? [`temperature ${cell.temp}`] : []),
  ].join(", ");
}

/** Plain, or node-llama-cpp's own decoding. */
function otherLabel(cell: Cell): string[] {
  const { draftLen } = cell;
  return [methodText(cell), ...(draftLen === 0 ? [] : [`draft length ${draftLen}`])];
}

function draftingLabel(cell: Cell, varying: Varying): string[] {
  return [
    ...(varying.drafter ? [`drafter ${methodText(cell)}`] : []),
    `draft length ${draftLenText(cell)}`,
    ...(varying.topK ? [`top-k ${topKText(cell)}`] : []),
    ...(varying.treeSize ? [cell.treeSize === 0 ? "chain" : `tree of ${cell.treeSize}`] : []),
    // A length of its own choice comes with probabilities of its own choice.
    ...(varying.pMin && !cell.adaptive ? [`p-min ${cell.pMin}`] : []),
    ...(cell.accept === "typical" ? [`${acceptText(cell)} acceptance`] : []),
  ];
}

/** How a cell's method reads in a row, for example "heads chained" or "ngram,heads parallel". */
export function methodText({ method, drafter, heads, again, baseline }: Cell): string {
  if (method === "plain") return again ? "plain again" : "plain";
  if (method === "baseline") return `nlc ${baseline}`;
  return heads === undefined ? drafter : drafter.replace("heads", `heads ${heads.name}`);
}

/** A draft length as it reads. */
export function draftLenText(cell: Cell): string {
  if (!cell.adaptive) return String(cell.draftLen);
  const bound = boundOfAuto(cell);
  return bound === undefined ? "auto" : `auto≤${bound}`;
}

/** An acceptance rule as it reads: what is lossy says so. */
export function acceptText({ accept }: Cell): string {
  return accept === "typical" ? "typical (lossy)" : accept;
}

/** The candidate filter as it reads: 0 keeps all. */
export function topKText({ topK }: Cell): string {
  return topK === 0 ? "all" : String(topK);
}
