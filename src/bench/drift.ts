import { median, normalUpperTail } from "../statistics.ts";
import { byPrompt } from "./by-prompt.ts";
import type { Drift } from "./noise-schema.ts";
import type { CellReport, Sample } from "./report.ts";
import { decodedTokens } from "./run-pairs.ts";

/** Runs below which a trend cannot be told from chance. */
const fewestRuns = 8;
/** Runs that are looked at, evenly spaced: every two of them make a slope. */
const mostRuns = 300;

/**
 * How plain's tokens/s changed from the first to the last run: Theil and Sen's slope, which single odd
 * runs cannot bend, with Mann and Kendall's test for a trend. Prompts differ in speed, so each run is
 * held against its prompt's median first; that takes a second repetition.
 *
 * @param cells plain cells, their samples in the order of the runs
 */
export function driftOf(cells: readonly CellReport[]): Drift | null {
  const byCell = cells.map(({ samples }) => relativeLogRates(samples));
  const longest = Math.max(0, ...byCell.map(({ length }) => length));
  // Cells take turns.
  const inOrder = Array.from({ length: longest }, (_, i) =>
    byCell.flatMap((each) => each[i] ?? []),
  );
  const changes = thinned(inOrder.flat());
  if (changes.length < fewestRuns) return null;
  const slopes: number[] = [];
  let score = 0;
  for (let i = 0; i < changes.length; i++) {
    for (let j = i + 1; j < changes.length; j++) {
      const rise = (changes[j] as number) - (changes[i] as number);
      slopes.push(rise / (j - i));
      score += Math.sign(rise);
    }
  }
  const change = Math.expm1(median(slopes) * (changes.length - 1));
  return { change, p: trendChance(score, changes.length) };
}

function thinned(values: readonly number[]): number[] {
  const step = Math.ceil(values.length / mostRuns);
  return values.filter((_, i) => i % step === 0);
}

function relativeLogRates(samples: readonly Sample[]): number[] {
  const ran = samples.filter((sample) => decodedTokens(sample) > 0 && sample.decodeMs > 0);
  const repeated = [...byPrompt(ran)].filter(([, runs]) => runs.length > 1);
  const middles = new Map(repeated.map(([prompt, runs]) => [prompt, median(runs.map(logRate))]));
  return ran.flatMap((sample) => {
    const middle = middles.get(sample.prompt);
    return middle === undefined ? [] : [logRate(sample) - middle];
  });
}

function logRate(sample: Sample): number {
  return Math.log(decodedTokens(sample) / sample.decodeMs);
}

/** Mann and Kendall's test by the normal approximation, both sides. */
function trendChance(score: number, n: number): number {
  const variance = (n * (n - 1) * (2 * n + 5)) / 18;
  const z = Math.max(0, Math.abs(score) - 1) / Math.sqrt(variance);
  return Math.min(1, 2 * normalUpperTail(z));
}
