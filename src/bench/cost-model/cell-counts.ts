import type { Cell, Sample } from "../report.ts";
import { headsCounts } from "./heads-counts.ts";
import { addBatches, type BatchCounts, batchesOfMean, type RunCounts } from "./pass-times.ts";
import { type DraftCounts, type Sums, sumOf } from "./sample-sums.ts";

/**
 * What the runs of a cell consisted of, from their counts. Exact for chains of one length; where
 * lengths are chosen, and for trees, from means.
 *
 * @returns null for what is not specdec's own drafting, and where the counts do not tell which of two drafters was asked
 */
export function countsOfCell(cell: Cell, samples: readonly Sample[]): RunCounts | null {
  const asksBoth = cell.drafter.includes(",");
  if (cell.method !== "speculative" || asksBoth || samples.length === 0) return null;
  const sums = sumOf(samples);
  if (sums.passTokens === 0) return null;
  const verified = cell.treeSize > 0 ? meanVerified(sums) : chainsVerified(sums);
  return { passTokens: sums.passTokens, verified, ...draftCounts(cell, sums) };
}

function draftCounts(cell: Cell, sums: Sums): DraftCounts {
  if (cell.drafter === "ngram") return nothing;
  const asModel = modelCounts(cell, sums);
  return cell.heads === undefined ? asModel : headsCounts(cell, sums, asModel);
}

const nothing: DraftCounts = { caughtUp: [], levels: [], steps: 0 };

/** Entry n: passes that drafted n tokens, of a chain. */
function lengthsOf({ passes, draftedAt, depth }: Sums): number[] {
  const atLeast = [passes, ...Array.from({ length: depth }, (_, i) => draftedAt(i))];
  return atLeast.map((count, n) => count - (atLeast[n + 1] ?? 0));
}

function chainsVerified(sums: Sums): BatchCounts {
  return [0, ...lengthsOf(sums)];
}

function meanVerified({ passes, drafted, draftedAt }: Sums): BatchCounts {
  const drafting = draftedAt(0);
  return addBatches([0, passes - drafting], batchesOfMean(drafting, 1 + drafted / drafting));
}

function modelCounts(cell: Cell, sums: Sums): DraftCounts {
  if (cell.treeSize > 0) return treeCounts(cell, sums);
  return cell.adaptive ? adaptiveCounts(sums) : chainCounts(cell, sums);
}

function chainCounts({ draftLen, pMin }: Cell, sums: Sums): DraftCounts {
  // Below p-min a draft ends with a look at a token that is not drafted.
  const asked = pMin > 0 ? sums.passes : sums.draftedAt(0);
  // The last token of a whole draft is not evaluated: if it is accepted, two are new.
  const two = sums.acceptedAt(draftLen - 1);
  const steps = lengthsOf(sums).reduce((total, count, length) => {
    const looked = length < draftLen && pMin > 0;
    return total + count * Math.max(0, looked ? length : length - 1);
  }, 0);
  return { caughtUp: [0, asked - two, two], levels: [], steps };
}

/** The model sees every emitted token once; what it drafted itself and evaluated it has seen. */
function adaptiveCounts(sums: Sums): DraftCounts {
  const { passTokens, accepted, mismatches, drafted, draftedAt } = sums;
  const asked = draftedAt(0);
  const held = accepted - Math.max(0, asked - mismatches);
  const caughtUp = batchesOfMean(asked, (passTokens - held) / asked);
  return { caughtUp, levels: [], steps: drafted - asked };
}

/**
 * All candidates below the last token are evaluated, where anything may follow them; of each deeper
 * level, but for the last, about as many as a level of the tree has on average.
 */
function treeCounts({ draftLen, topK, treeSize }: Cell, sums: Sums): DraftCounts {
  const { draftedAt, acceptedAt, depth } = sums;
  const asked = draftedAt(0);
  const whole = acceptedAt(depth - 1);
  const reached = Array.from({ length: draftLen }, (_, i) => draftedAt(i));
  const add = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0);
  const width = (treeSize * asked) / add(reached);
  const first = draftLen < 2 ? [] : batchesOfMean(asked, Math.min(topK || treeSize, treeSize));
  const later = batchesOfMean(add(reached.slice(1, -1)), width);
  return { caughtUp: [0, asked - whole, whole], levels: addBatches(first, later), steps: 0 };
}
