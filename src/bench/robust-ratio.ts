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
 * repetitions. `perf/speedup/simulation.ts` compares this estimator with a ratio of totals, and
 * docs/measurements.md has its table.
 *
 * @returns null without prompts; without an interval where there is too little to draw from
 */
export function ratioOverPrompts(
  prompts: readonly PromptRatio[],
  options: BootstrapOptions,
): Speedup | null {
  const found = resampleRatio(prompts, options);
  if (found === null) return null;
  const { log, logs, draws } = found;
  const estimate = Math.exp(log);
  if (draws < 2) return { estimate, low: null, high: null };
  return intervalOf(estimate, logs.map(Math.exp).sort(), draws);
}

/** A ratio and its bootstrap, as logarithms. */
export interface ResampledRatio {
  readonly log: number;
  /** One for each resample; empty if there is too little to draw from. */
  readonly logs: Float64Array;
  /** Values that one resample draws: prompts, or the repetitions of a single one. */
  readonly draws: number;
}

/**
 * The bootstrap of `ratioOverPrompts`. Ratios over the same number of prompts get the same draws for a
 * seed, so that their resamples can be compared one by one.
 *
 * @returns null without prompts
 */
export function resampleRatio(
  prompts: readonly PromptRatio[],
  { seed, resamples = 10_000 }: BootstrapOptions,
): ResampledRatio | null {
  const [first] = prompts;
  if (first === undefined) return null;
  const ofPrompts = Float64Array.from(prompts, logRatio);
  const isSingle = prompts.length === 1;
  const draws = isSingle ? fewestRepetitions(first) : prompts.length;
  const random = seededRandom(seed);
  const draw = isSingle ? () => drawnRatio(first, random) : () => drawnMean(ofPrompts, random);
  const most = Math.floor(mostDraws[isSingle ? "repetitions" : "prompts"] / draws);
  const count = draws < 2 ? 0 : Math.min(resamples, Math.max(fewestResamples, most));
  return { log: mean(ofPrompts), logs: Float64Array.from({ length: count }, draw), draws };
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

function drawnRatio(factors: PromptRatio, random: Random): number {
  const drawn = factors.map(({ msPerToken, power }) => ({
    power,
    msPerToken: msPerToken.map(
      () => msPerToken[Math.floor(random() * msPerToken.length)] as number,
    ),
  }));
  return logRatio(drawn);
}
