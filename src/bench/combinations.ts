import { maxAdaptiveLength } from "../limits.ts";
import { defaultTopK } from "./default-top-k.ts";
import type { Drafting } from "./drafting-effect.ts";
import { headsOf } from "./heads-axis.ts";
import type { BenchSettings } from "./report.ts";

/** The axes of a sweep. */
export type SweepAxes = Pick<
  BenchSettings,
  | "drafters"
  | "heads"
  | "draftLengths"
  | "topKs"
  | "treeSizes"
  | "pMins"
  | "accept"
  | "temperatures"
  | "aa"
  | "baselineRows"
> & {
  /** The sampler's own top-k; 0 keeps all. */
  readonly samplerTopK: number;
};

/** Every combination of the axes' values at a temperature that drafts anything. */
export function combinations(axes: SweepAxes, temp: number): Drafting[] {
  const { draftLengths, topKs, treeSizes, pMins, accept } = axes;
  return whatDrafts(axes)
    .filter(({ drafter }) => drafter !== "none")
    .flatMap((what) =>
      draftLengths
        .filter((length) => length !== 0)
        .flatMap((length) =>
          (topKs ?? [defaultTopK(temp)]).flatMap((topK) =>
            (treeSizes ?? [defaultTreeSize(length)]).flatMap((treeSize) =>
              pMins.map((pMin) => ({
                ...what,
                ...lengthOf(length, treeSize),
                ...{ topK, treeSize, pMin, accept, temp },
              })),
            ),
          ),
        ),
    );
}

/** How many combinations the axes have, without making them. */
export function countCombinations(axes: SweepAxes): number {
  const { draftLengths, topKs, treeSizes, pMins, temperatures } = axes;
  const sizes = [
    whatDrafts(axes),
    draftLengths,
    topKs ?? [0],
    treeSizes ?? [0],
    pMins,
    temperatures,
  ];
  return sizes.reduce((product, values) => product * values.length, 1);
}

/** Drafters, each with each of the heads that it may ask. */
function whatDrafts({
  drafters,
  heads: files = [],
}: SweepAxes): Pick<Drafting, "drafter" | "heads">[] {
  return drafters.flatMap((drafter) =>
    headsOf(drafter, files).map((heads) => ({ drafter, ...(heads !== undefined && { heads }) })),
  );
}

/** A tree without a size of its own has as many tokens as the chain. */
export function defaultTreeSize(length: number | "auto"): number {
  return length === "auto" ? maxAdaptiveLength : length;
}

/** A length that is chosen before every pass is bounded by the tree too. */
export function lengthOf(
  length: number | "auto",
  treeSize: number,
): Pick<Drafting, "draftLen" | "adaptive"> {
  if (length !== "auto") return { draftLen: length, adaptive: false };
  return { draftLen: Math.min(maxAdaptiveLength, treeSize || maxAdaptiveLength), adaptive: true };
}

/** A fixed length must find room in the tree. */
export function fitsTree({ draftLen, treeSize }: Drafting): boolean {
  return treeSize === 0 || treeSize >= draftLen;
}
