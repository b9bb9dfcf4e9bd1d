import { median } from "../statistics.ts";
import { byPrompt } from "./by-prompt.ts";
import type { Outlier } from "./noise-schema.ts";
import type { CellReport, Sample } from "./report.ts";
import { decodedTokens } from "./run-pairs.ts";

/** Robust standard deviations from which on a run is an outlier, and the least share it is off. */
const threshold = { deviations: 5, share: 0.1 };
/** Repetitions of a prompt that have a middle. */
const fewest = 3;

interface Residual extends Omit<Outlier, "deviation"> {
  /** ln of tokens/s over the median of its cell and prompt. */
  readonly log: number;
}

/**
 * Runs whose tokens/s are far from those of the same cell and prompt. The scale is the median absolute
 * deviation of all runs together, since three repetitions have none worth the name; a run that is
 * its group's median itself is left out of it. Where the text is sampled, or the draft length chosen,
 * repetitions differ in what they do, so of those cells plain alone is looked at; and none of
 * node-llama-cpp's, which drafts beside the target's work and not always the same.
 */
export function outliersOf(cells: readonly CellReport[]): Outlier[] {
  const residuals = cells.filter(isRepeatable).flatMap(residualsOf);
  const spread = residuals.filter(({ log }) => log !== 0).map(({ log }) => Math.abs(log));
  if (spread.length === 0) return [];
  // 1.4826: the median absolute deviation of a normal distribution is its σ / 1.4826.
  const limit = Math.max(
    threshold.deviations * 1.4826 * median(spread),
    Math.log1p(threshold.share),
  );
  return residuals
    .filter(({ log }) => Math.abs(log) > limit)
    .map(({ log, ...run }) => ({ ...run, deviation: Math.expm1(log) }));
}

function isRepeatable({ method, temp, adaptive }: CellReport): boolean {
  return method === "plain" || (method === "speculative" && temp <= 0 && !adaptive);
}

function residualsOf(cell: CellReport): Residual[] {
  const ran = cell.samples.filter((sample) => decodedTokens(sample) > 0 && sample.decodeMs > 0);
  return [...byPrompt(ran).values()]
    .filter((samples) => samples.length >= fewest)
    .flatMap((samples) => {
      const middle = median(samples.map(logRate));
      return samples.map((sample) => ({
        cell: cell.id,
        prompt: sample.prompt,
        repetition: sample.repetition,
        log: logRate(sample) - middle,
      }));
    });
}

function logRate(sample: Sample): number {
  return Math.log(decodedTokens(sample) / sample.decodeMs);
}
