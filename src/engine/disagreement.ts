import type { RoundTimes } from "./pair.ts";

/** What was timed, without how well. */
export type TimedBatches = Omit<RoundTimes, "repetitions" | "disagreement">;

/** Differences of shorter times are the clock's and the system's, in ms. */
const slackMs = 0.1;
/** Fewer repetitions in each half say nothing: one of them may have been disturbed throughout. */
const leastInHalf = 3;

/**
 * See `RoundTimes.disagreement`.
 *
 * @param times what some repetitions come to together
 */
export function disagreementOf<Rounds>(
  times: (repetitions: readonly Rounds[]) => TimedBatches,
  repetitions: readonly Rounds[],
): number | undefined {
  const middle = Math.floor(repetitions.length / 2);
  if (middle < leastInHalf) return undefined;
  const before = timesByBatch(times(repetitions.slice(0, middle)));
  const after = timesByBatch(times(repetitions.slice(middle)));
  const ratios = [...before].map(([batch, ms]) => {
    const other = after.get(batch) ?? ms;
    return Math.max(ms + slackMs, other + slackMs) / (Math.min(ms, other) + slackMs);
  });
  return Math.max(1, ...ratios);
}

/** Times of all batches, by what they are. */
function timesByBatch({ target, draft, heads = [] }: TimedBatches) {
  const lists = [target, ...(draft ? [draft.batches] : []), ...heads.map(({ batches }) => batches)];
  return new Map(
    lists.flatMap((list, i) => list.map(({ tokens, ms }) => [`${i} ${tokens}`, ms] as const)),
  );
}
