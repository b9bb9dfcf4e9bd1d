import { type Random, seededRandom } from "../decoding/random.ts";
import { mean, median, variance } from "../statistics.ts";
import { intervalOf } from "./ratio-interval.ts";
import type { Speedup } from "./report.ts";

/** The ms per token of one prompt's repetitions, and whether a ratio grows with them or shrinks. */
export interface Factor {
  /** One or more, all above 0. */
  readonly msPerToken: readonly number[];
  readonly power: 1 | -1;
}

/** The factors of one prompt's ratio: plain over own for a speedup. */
export type PromptRatio = readonly Factor[];

/** How the interval is found. */
export interface BootstrapOptions {
  readonly seed: number;
  /** 10,000 if left out. */
  readonly resamples?: number;
}

/** Values that a bootstrap draws at most: about half a second. It makes fewer resamples of many. */
const mostDraws = { prompts: 50_000_000, repetitions: 500_000 };
const fewestResamples = 1000;

/**
 * A ratio over prompts that single stalled runs cannot bend: the geometric mean over prompts of each
 * prompt's own ratio, which is made of the medians over its repetitions. With one or two repetitions
 * a median is no protection; `decodingTimes` removes their stalled passes.
 *
 * The 95% interval is a bootstrap over prompts. Repetitions are not drawn as well: what they add to
 * the spread between prompts is in the prompts' ratios already. With one prompt the bootstrap draws
 * repetitions. `perf/speedup/simulation.ts` compares this
 * estimator with others; docs/measurements.md has its table.
 *
 * @returns null without prompts; without an interval where there is too little to draw from
 */
export function ratioOverPrompts(
  prompts: readonly PromptRatio[],
  { seed, resamples = 10_000 }: BootstrapOptions,
): Speedup | null {
  if (prompts.length === 0) return null;
  const logs = Float64Array.from(prompts, logRatio);
  const estimate = Math.exp(mean(logs));
  const [only] = prompts;
  const draws = prompts.length > 1 ? prompts.length : fewestRepetitions(only as PromptRatio);
  if (draws < 2) return { estimate, low: null, high: null };
  const random = seededRandom(seed);
  const most = Math.floor(mostDraws[prompts.length > 1 ? "prompts" : "repetitions"] / draws);
  const count = Math.min(resamples, Math.max(fewestResamples, most));
  const draw = prompts.length > 1 ? () => drawnMean(logs, random) : () => drawnRatio(only, random);
  const ratios = Float64Array.from({ length: count }, () => Math.exp(draw()));
  return intervalOf(estimate, ratios.sort(), draws);
}

/**
 * The share of the variance between prompts' ratios that comes from their repetitions: 0 … 1, and 1
 * with a single prompt. Each prompt's own variance is that of its resamples, r / (r − 1) times as large
 * since a resample of r repetitions varies less than they do.
 */
export function shareWithin(prompts: readonly PromptRatio[], seed: number): number {
  if (prompts.length < 2) return 1;
  const random = seededRandom(seed);
  const within = mean(prompts.map((prompt) => varianceWithin(prompt, random)));
  return Math.min(1, within / variance(prompts.map(logRatio)));
}

const resamplesWithin = 200;

function varianceWithin(prompt: PromptRatio, random: Random): number {
  const repetitions = fewestRepetitions(prompt);
  if (repetitions < 2) return 0;
  const drawn = Float64Array.from({ length: resamplesWithin }, () => drawnRatio(prompt, random));
  return (variance(drawn) * repetitions) / (repetitions - 1);
}

function logRatio(factors: PromptRatio): number {
  return factors.reduce(
    (sum, { msPerToken, power }) => sum + power * Math.log(median(msPerToken)),
    0,
  );
}

function fewestRepetitions(factors: PromptRatio): number {
  return Math.min(...factors.map(({ msPerToken }) => msPerToken.length));
}

function drawnMean(logs: Float64Array, random: Random): number {
  let sum = 0;
  for (let i = 0; i < logs.length; i++) sum += logs[Math.floor(random() * logs.length)] as number;
  return sum / logs.length;
}

function drawnRatio(factors: PromptRatio = [], random: Random): number {
  const drawn = factors.map(({ msPerToken, power }) => ({
    power,
    msPerToken: msPerToken.map(
      () => msPerToken[Math.floor(random() * msPerToken.length)] as number,
    ),
  }));
  return logRatio(drawn);
}
