import type { Cell } from "../report.ts";
import { type BatchCounts, batchesOfMean } from "./pass-times.ts";
import type { DraftCounts, Sums } from "./sample-sums.ts";

/**
 * What a run with draft heads consists of beside the target's batches. Exact for chains of one length,
 * but for what lies before the first pass and behind the last.
 *
 * @param asModel what a draft model would have had to do: chained heads differ in their first batches
 */
export function headsCounts(cell: Cell, sums: Sums, asModel: DraftCounts): DraftCounts {
  if (cell.heads?.kind === "chained") return { ...asModel, caughtUp: emittedBefore(cell, sums) };
  // One batch has the rows of all depths, and each depth's candidates are read.
  const asked = sums.draftedAt(0);
  const drafted = cell.adaptive ? sums.drafted / asked : cell.draftLen;
  const caughtUp = batchesOfMean(asked, drafted);
  return { caughtUp, levels: [], steps: 0, reads: asked * Math.max(0, drafted - 1) };
}

/** Sizes of the first batches: what was drafted is dropped, so all that was emitted since is new. */
function emittedBefore({ adaptive, pMin }: Cell, sums: Sums): BatchCounts {
  const { passes, passTokens, acceptedAt, draftedAt, depth } = sums;
  const drafted = draftedAt(0);
  if (adaptive) return batchesOfMean(drafted, passTokens / drafted);
  const atLeast = [passes, ...Array.from({ length: depth }, (_, i) => acceptedAt(i))];
  const exactly = atLeast.map((count, accepted) => count - (atLeast[accepted + 1] ?? 0));
  // At the end of a text nothing is asked; below p-min something was, and is not drafted.
  const asked = pMin > 0 ? passes : drafted;
  const [none = 0, ...some] = exactly;
  return [0, none - (passes - asked), ...some];
}
