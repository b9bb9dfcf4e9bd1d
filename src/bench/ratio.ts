import { type Random, seededRandom } from "../decoding/random.ts";
import { intervalOf } from "./ratio-interval.ts";
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
 * @returns null where one of them decoded nothing; without an interval of one prompt where a report did not repeat it
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
  const figures = { before: new Totals(), after: new Totals() };
  const quotient = () => figures.after.figure(of) / figures.before.figure(of);
  for (const { before, after } of both) {
    for (const pair of before) figures.before.add(pair);
    for (const pair of after) figures.after.add(pair);
  }
  const estimate = quotient();
  // Of one prompt the repetitions are drawn, of each report its own.
  const draws = both.length > 1 ? both.length : shortest(both);
  if (draws < 2) return { estimate, low: null, high: null };
  const random = seededRandom(seed);
  const ratios = new Float64Array(resamples);
  for (let i = 0; i < resamples; i++) {
    figures.before.clear();
    figures.after.clear();
    for (let j = 0; j < both.length; j++) {
      const { before, after } = drawn(both, random);
      for (let k = 0; k < before.length; k++) figures.before.add(drawn(before, random));
      for (let k = 0; k < after.length; k++) figures.after.add(drawn(after, random));
    }
    ratios[i] = quotient();
  }
  return intervalOf(estimate, ratios.sort(), draws);
}

function shortest(prompts: readonly PromptRuns[]): number {
  return Math.min(...prompts.flatMap(({ before, after }) => [before.length, after.length]));
}

function ran({ tokens, ms, plainTokens, plainMs }: RunPair): boolean {
  return tokens > 0 && ms > 0 && plainTokens > 0 && plainMs > 0;
}

function drawn<T>(items: readonly T[], random: Random): T {
  return items[Math.floor(random() * items.length)] as T;
}

/** Sums, added up in place: a resample must cost no memory. */
class Totals {
  #tokens = 0;
  #ms = 0;
  #plainTokens = 0;
  #plainMs = 0;

  add({ tokens, ms, plainTokens, plainMs }: RunPair): void {
    this.#tokens += tokens;
    this.#ms += ms;
    this.#plainTokens += plainTokens;
    this.#plainMs += plainMs;
  }

  clear(): void {
    this.#tokens = this.#ms = this.#plainTokens = this.#plainMs = 0;
  }

  figure(of: RatioOf): number {
    const own = this.#tokens / this.#ms;
    return of === "rate" ? own : (own * this.#plainMs) / this.#plainTokens;
  }
}
