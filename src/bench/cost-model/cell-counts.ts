import type { Cell, Sample } from "../report.ts";
import { headsCounts } from "./heads-counts.ts";
import { addBatches, type BatchCounts, batchesOfMean, type RunCounts } from "./pass-times.ts";
import { type DraftCounts, type Sums, sumOf, sumOfDrafter } from "./sample-sums.ts";

/**
 * What the runs of a cell consisted of, as they recorded it. Older reports have no batches of the model:
 * there it follows from the counts, exactly for chains of one length, and from means where lengths are
 * chosen, for trees, and where a model takes turns with a lookup.
 *
 * @returns null for what is not specdec's own drafting, and where an older report does not say what one
 * of two drafters was asked for
 */
export function countsOfCell(cell: Cell, samples: readonly Sample[]): RunCounts | null {
  if (cell.method !== "speculative" || samples.length === 0) return null;
  const sums = sumOf(samples);
  if (sums.passTokens === 0) return null;
  const drafting = recordedCounts(cell, sums) ?? guessedCounts(cell, samples, sums);
  if (drafting === null) return null;
  return { passTokens: sums.passTokens, verified: verifiedBatches(cell, sums), ...drafting };
}

/**
 * What a model really evaluated.
 *
 * @returns null where none was asked, and in reports that do not have it
 */
function recordedCounts({ heads }: Cell, sums: Sums): DraftCounts | null {
  const { modelReads: caughtUp, modelBatches } = sums;
  if (caughtUp.length === 0) return null;
  if (heads?.kind === "parallel") {
    const reads = caughtUp.reduce((sum, times, size) => sum + times * Math.max(0, size - 1), 0);
    return { caughtUp, levels: [], steps: 0, reads };
  }
  const levels = modelBatches.map((times, size) => (size === 1 ? 0 : times));
  return { caughtUp, levels, steps: modelBatches[1] ?? 0 };
}

/** What a model must have evaluated, by what was drafted and accepted. */
function guessedCounts(cell: Cell, samples: readonly Sample[], sums: Sums): DraftCounts | null {
  return cell.drafter.includes(",") ? besideLookup(cell, samples) : draftCounts(cell, sums);
}

function verifiedBatches(cell: Cell, sums: Sums): BatchCounts {
  if (sums.draftedSizes.length > 0) return [0, ...sums.draftedSizes];
  return cell.treeSize > 0 ? meanVerified(sums) : chainsVerified(sums);
}

function draftCounts(cell: Cell, sums: Sums): DraftCounts {
  if (cell.drafter === "ngram") return nothing;
  const asModel = modelCounts(cell, sums);
  return cell.heads === undefined ? asModel : headsCounts(cell, sums, asModel);
}

/** Of what takes turns with a lookup, and catches up on what came of that one's drafts. */
function besideLookup(cell: Cell, samples: readonly Sample[]): DraftCounts | null {
  // Below p-min a model is asked in vain too, and nothing tells how often.
  if (cell.pMin > 0) return null;
  const sums = sumOfDrafter(samples, cell.heads === undefined ? "draft" : "heads");
  if (sums === null) return null;
  if (sums.drafted === 0) return nothing;
  const counts = draftCounts(cell, sums);
  if (cell.heads?.kind === "parallel") return counts;
  const asked = sums.draftedAt(0);
  const held = cell.heads === undefined ? heldBy(sums, asked) : 0;
  return { ...counts, caughtUp: batchesOfMean(asked, (sums.passTokens - held) / asked) };
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
  const { passTokens, drafted, draftedAt } = sums;
  const asked = draftedAt(0);
  const caughtUp = batchesOfMean(asked, (passTokens - heldBy(sums, asked)) / asked);
  return { caughtUp, levels: [], steps: drafted - asked };
}

/** Accepted tokens that the model evaluated as it drafted them: all but the last of a whole draft. */
function heldBy({ accepted, mismatches }: Sums, asked: number): number {
  return accepted - Math.max(0, asked - mismatches);
}

/**
 * All candidates below the last token are evaluated, where anything may follow them; of each deeper
 * level, but for the last, about as many as a level of the tree has on average. With a p-min a tree has
 * what was drafted.
 */
function treeCounts({ draftLen, topK, treeSize, pMin }: Cell, sums: Sums): DraftCounts {
  const { passes, drafted, draftedAt, acceptedAt, depth } = sums;
  const begun = draftedAt(0);
  // Where all candidates lie below p-min the model was asked in vain.
  const asked = pMin > 0 ? passes : begun;
  const whole = acceptedAt(depth - 1);
  const reached = Array.from({ length: draftLen }, (_, i) => draftedAt(i));
  const add = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0);
  const width = (pMin > 0 ? drafted : treeSize * begun) / add(reached);
  const candidates = pMin > 0 ? width : Math.min(topK || treeSize, treeSize);
  const first = draftLen < 2 ? [] : batchesOfMean(begun, candidates);
  const later = batchesOfMean(add(reached.slice(1, -1)), width);
  return { caughtUp: [0, asked - whole, whole], levels: addBatches(first, later), steps: 0 };
}
