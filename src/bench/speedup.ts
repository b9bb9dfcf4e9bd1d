import { type Random, seededRandom } from "../decoding/random.ts";
import { intervalOf } from "./ratio-interval.ts";
import type { Speedup } from "./report.ts";

/** A cell's run and plain's run of the same prompt and repetition. */
export interface RunPair {
  /** Tokens after the first. */
  readonly tokens: number;
  /** Time for them, in ms. */
  readonly ms: number;
  readonly plainTokens: number;
  readonly plainMs: number;
}

/** How the interval is found. */
export interface BootstrapOptions {
  readonly seed: number;
  /** 10,000 where left out. */
  readonly resamples?: number;
}

/**
 * The speedup over plain: the ratio of total tokens/s over the same runs. Its 95% interval is a
 * bootstrap over prompts, then over the repetitions of each prompt drawn (Davison and Hinkley 1997,
 * section 3.8: resampling clusters, then within them), since prompts differ far more than repetitions
 * do: it counts as many draws as there are prompts. Of one prompt it is over repetitions.
 *
 * @param byPrompt for each prompt its repetitions
 * @returns null where no pair decoded anything; without an interval where there is one pair only
 */
export function pairedSpeedup(
  byPrompt: readonly (readonly RunPair[])[],
  options: BootstrapOptions,
): Speedup | null {
  const groups = byPrompt.map((pairs) => pairs.filter(isMeasured)).filter((g) => g.length > 0);
  const pairs = groups.flat();
  if (pairs.length === 0) return null;
  const estimate = ratioOfTotals(pairs);
  if (pairs.length === 1) return { estimate, low: null, high: null };
  const ratios = bootstrap(groups, seededRandom(options.seed), options.resamples ?? 10_000);
  return intervalOf(estimate, ratios, groups.length > 1 ? groups.length : pairs.length);
}

/** A text of a single token was never decoded, and says nothing about speed. */
function isMeasured({ tokens, ms, plainTokens, plainMs }: RunPair): boolean {
  return tokens > 0 && ms > 0 && plainTokens > 0 && plainMs > 0;
}

function ratioOfTotals(pairs: readonly RunPair[]): number {
  const total = (value: (pair: RunPair) => number) =>
    pairs.reduce((sum, pair) => sum + value(pair), 0);
  const own = total(({ tokens }) => tokens) / total(({ ms }) => ms);
  const plain = total(({ plainTokens }) => plainTokens) / total(({ plainMs }) => plainMs);
  return own / plain;
}

/** The ratios of all resamples, rising. Flat arrays: this is a few million additions. */
function bootstrap(
  groups: readonly (readonly RunPair[])[],
  random: Random,
  resamples: number,
): Float64Array {
  const starts = Int32Array.from(startsOf(groups));
  const flat = groups.flat();
  const tokens = Float64Array.from(flat, (pair) => pair.tokens);
  const ms = Float64Array.from(flat, (pair) => pair.ms);
  const plainTokens = Float64Array.from(flat, (pair) => pair.plainTokens);
  const plainMs = Float64Array.from(flat, (pair) => pair.plainMs);
  const ratios = new Float64Array(resamples);
  for (let resample = 0; resample < resamples; resample++) {
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    for (let i = 0; i < groups.length; i++) {
      const group = Math.floor(random() * groups.length);
      const start = starts[group] as number;
      const size = (starts[group + 1] as number) - start;
      for (let j = 0; j < size; j++) {
        const pair = start + Math.floor(random() * size);
        a += tokens[pair] as number;
        b += ms[pair] as number;
        c += plainTokens[pair] as number;
        d += plainMs[pair] as number;
      }
    }
    ratios[resample] = (a * d) / (b * c);
  }
  return ratios.sort();
}

function startsOf(groups: readonly (readonly unknown[])[]): number[] {
  const starts = [0];
  for (const group of groups) starts.push((starts.at(-1) as number) + group.length);
  return starts;
}
