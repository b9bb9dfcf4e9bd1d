import { byPrompt } from "./by-prompt.ts";
import { runKey } from "./comparison.ts";
import type { Sample } from "./report.ts";
import type { RunPair } from "./speedup.ts";

/** What speeds are made of. */
export type TimedRun = Pick<
  Sample,
  "prompt" | "repetition" | "tokens" | "prefillTokens" | "decodeMs" | "stallMs"
>;

/** Tokens after the first, which the prefill gives; after all that came with the prefill. */
export function decodedTokens({
  tokens,
  prefillTokens = 1,
}: Pick<Sample, "tokens" | "prefillTokens">): number {
  return Math.max(0, tokens - prefillTokens);
}

/** Repetitions of a prompt from which their median ignores a run that stalled. */
const enoughForMedian = 3;

/**
 * Time that the stalls of a cell's runs added, by run, as far as it is left out of the run's time. A
 * prompt with enough repetitions keeps it: its median ignores such a run.
 */
export function removedStalls<Run extends TimedRun>(
  samples: readonly Run[],
): ReadonlyMap<Run, number> {
  const few = [...byPrompt(samples).values()].filter((runs) => runs.length < enoughForMedian);
  return new Map(few.flat().map((sample) => [sample, sample.stallMs ?? 0]));
}

/** The decoding times of a cell's runs, in ms, without the stalls that are removed. */
export function decodingTimes<Run extends TimedRun>(
  samples: readonly Run[],
): ReadonlyMap<Run, number> {
  const removed = removedStalls(samples);
  return new Map(samples.map((sample) => [sample, sample.decodeMs - (removed.get(sample) ?? 0)]));
}

/** A cell's runs with plain's of the same prompt and repetition, by prompt; others are left out. */
export function pairRuns(
  samples: readonly TimedRun[],
  plain: readonly TimedRun[],
): ReadonlyMap<string, readonly RunPair[]> {
  const plainByRun = new Map(plain.map((sample) => [runKey(sample), sample]));
  const [times, plainTimes] = [decodingTimes(samples), decodingTimes(plain)];
  const byPrompt = new Map<string, RunPair[]>();
  for (const sample of samples) {
    const other = plainByRun.get(runKey(sample));
    if (other === undefined) continue;
    const pairs = byPrompt.get(sample.prompt) ?? [];
    pairs.push({
      tokens: decodedTokens(sample),
      ms: times.get(sample) as number,
      plainTokens: decodedTokens(other),
      plainMs: plainTimes.get(other) as number,
    });
    byPrompt.set(sample.prompt, pairs);
  }
  return byPrompt;
}
