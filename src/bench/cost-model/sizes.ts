import type { PairInfo, RoundTimesRequest } from "../../engine/pair.ts";
import type { Cell } from "../report.ts";

/** Up to here every size is timed: kernels work in fours and eights, so curves have steps and fall. */
const everySize = 17;
/** Larger sizes that are timed, beside those of the cells; between them costs are straight lines. */
const largeSizes = [20, 24, 28, 32, 40, 48, 56, 64];
/** Sizes of the draft model that are timed; a straight line does for what was left to be read. */
const draftSizes = [1, 2, 3, 4, 5, 6, 8, 12, 16];
/** Largest batch of the draft model that is timed: a level of a tree, or what a look-up left. */
const largestDraftBatch = 16;
/** Tokens in the cache meanwhile: about the middle of a short answer to a short prompt. */
const contextTokens = 160;
/** Tokens that a draft's context needs beside. */
const margin = 4;

/** What has to be timed for cells, within about twenty seconds; most pairs need fewer. */
export function timesFor(
  cells: readonly Cell[],
  { contextSize, draft, heads = [] }: PairInfo,
): RoundTimesRequest {
  const largest = Math.max(...cells.map(widthOf));
  const context = Math.min(contextSize, draft?.trainedContext || contextSize);
  const room = Math.max(1, context - margin);
  const asked = cells.map(widthOf).filter((size) => size <= room);
  const target = upTo(Math.min(largest, room, 64), [
    ...Array.from({ length: everySize }, (_, i) => i + 1),
    ...[...largeSizes, ...asked],
  ]);
  const wide = cells.some(
    ({ drafter, treeSize, adaptive }) =>
      drafter.includes("draft") && (treeSize > 0 || adaptive || drafter.includes(",")),
  );
  // Heads have all tokens of a pass in their first batch, and so many rows in a level of a tree.
  const ofHeads = heads.length === 0 ? 0 : Math.max(2, Math.min(largest, largestDraftBatch));
  const ofModel = draft === undefined ? 0 : wide ? largestDraftBatch : 2;
  const largestDraft = Math.max(ofHeads, ofModel);
  const draftBatches = largestDraft === 0 ? [] : upTo(Math.min(room, largestDraft), draftSizes);
  const needed = Math.max(target.at(-1) ?? 1, draftBatches.at(-1) ?? 1);
  return {
    targetBatches: target,
    draftBatches,
    repetitions: 15,
    budgetMs: 15_000,
    contextTokens: Math.max(0, Math.min(contextTokens, context - needed - margin)),
  };
}

/** Tokens of the largest batch that a cell verifies. */
function widthOf({ draftLen, treeSize }: Cell): number {
  return 1 + (treeSize || draftLen);
}

/** The sizes that lead up to the largest, and that one, rising. */
function upTo(largest: number, sizes: readonly number[]): number[] {
  const smaller = sizes.filter((size) => size < largest);
  return [...new Set([...smaller, largest])].sort((a, b) => a - b);
}
