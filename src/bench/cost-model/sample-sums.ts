import { noDrafts } from "../../decoding/metrics.ts";
import type { Sample } from "../report.ts";
import { addBatches, type BatchCounts, type RunCounts } from "./pass-times.ts";

/** What a run consists of beside the target's batches. */
export type DraftCounts = Pick<RunCounts, "caughtUp" | "levels" | "steps" | "reads">;

/** Counts of all samples together. */
export type Sums = ReturnType<typeof sumOf>;

/** Adds samples up. */
export function sumOf(samples: readonly Sample[]) {
  const sum = (value: (sample: Sample) => number) =>
    samples.reduce((total, sample) => total + value(sample), 0);
  const at = (list: "draftedAt" | "acceptedAt") => (i: number) => sum((each) => each[list][i] ?? 0);
  return {
    passTokens: sum(({ tokens }) => Math.max(0, tokens - 1)),
    passes: sum(({ passes }) => passes),
    drafted: sum(({ drafted }) => drafted),
    accepted: sum(({ accepted }) => accepted),
    mismatches: sum(({ mismatches }) => mismatches),
    draftedAt: at("draftedAt"),
    acceptedAt: at("acceptedAt"),
    draftedSizes: sumOfLists(samples, "draftedSizes"),
    modelReads: sumOfLists(samples, "modelReads"),
    modelBatches: sumOfLists(samples, "modelBatches"),
    depth: Math.max(...samples.map(({ draftedAt }) => draftedAt.length)),
  };
}

function sumOfLists(
  samples: readonly Sample[],
  list: "draftedSizes" | "modelReads" | "modelBatches",
): BatchCounts {
  return samples.map((sample) => sample[list]).reduce(addBatches, []);
}

/**
 * What the passes of one drafter come to, where several take turns.
 *
 * @param name `Drafter.name`
 * @returns null where the samples do not tell
 */
export function sumOfDrafter(samples: readonly Sample[], name: string): Sums | null {
  const own = samples.flatMap(({ drafters, ...sample }) =>
    drafters === undefined ? [] : [{ ...sample, ...(drafters[name] ?? noDrafts) }],
  );
  if (own.length < samples.length) return null;
  return { ...sumOf(own), passTokens: own.reduce((sum, { read }) => sum + read, 0) };
}
