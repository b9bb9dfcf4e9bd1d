import { type Random, seededRandom } from "../decoding/random.ts";
import { quantileOfSorted } from "../statistics.ts";
import type { Speedup } from "./report.ts";
import type { BootstrapOptions, RunPair } from "./speedup.ts";

/** The runs of one prompt in an earlier and a later report. */
export interface PromptRuns {
  readonly before: readonly RunPair[];
  readonly after: readonly RunPair[];
}

/** What of two reports is divided: speedups over plain, or tokens/s as they are. */
export type RatioOf = "speedup" | "rate";

/**
 * A figure after over the same figure before, both as ratios of totals over the same prompts. The 95%
 * interval is a bootstrap over prompts, drawn for both reports together since a prompt is as hard in
 * one as in the other, then over the repetitions of each report.
 *
 * @returns null where one of them decoded nothing; without an interval where nothing was repeated
 */
export function pairedRatio(
  prompts: readonly PromptRuns[],
  of: RatioOf,
  { seed, resamples = 10_000 }: BootstrapOptions,
): Speedup | null {
  const both = prompts
    .map(({ before, after }) => ({ before: before.filter(ran), after: after.filter(ran) }))
    .filter(({ before, after }) => before.length > 0 && after.length > 0);
  if (both.length === 0) return null;
  const estimate = quotient(both, of);
  const runs = both.flatMap(({ before, after }) => [...before, ...after]).length;
  if (runs <= 2) return { estimate, low: null, high: null };
  const random = seededRandom(seed);
  const ratios = new Float64Array(resamples);
  for (let i = 0; i < resamples; i++) ratios[i] = quotient(resample(both, random), of);
  ratios.sort();
  return {
    estimate,
    low: quantileOfSorted(ratios, 0.025),
    high: quantileOfSorted(ratios, 0.975),
  };
}

function ran({ tokens, ms, plainTokens, plainMs }: RunPair): boolean {
  return tokens > 0 && ms > 0 && plainTokens > 0 && plainMs > 0;
}

function quotient(prompts: readonly PromptRuns[], of: RatioOf): number {
  const before = prompts.flatMap((prompt) => prompt.before);
  const after = prompts.flatMap((prompt) => prompt.after);
  return figure(after, of) / figure(before, of);
}

function figure(pairs: readonly RunPair[], of: RatioOf): number {
  let [tokens, ms, plainTokens, plainMs] = [0, 0, 0, 0];
  for (const pair of pairs) {
    tokens += pair.tokens;
    ms += pair.ms;
    plainTokens += pair.plainTokens;
    plainMs += pair.plainMs;
  }
  return of === "rate" ? tokens / ms : (tokens * plainMs) / (ms * plainTokens);
}

function resample(prompts: readonly PromptRuns[], random: Random): PromptRuns[] {
  return prompts.map(() => {
    const { before, after } = drawn(prompts, random);
    return {
      before: before.map(() => drawn(before, random)),
      after: after.map(() => drawn(after, random)),
    };
  });
}

function drawn<T>(items: readonly T[], random: Random): T {
  return items[Math.floor(random() * items.length)] as T;
}
