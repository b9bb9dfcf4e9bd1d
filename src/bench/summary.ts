import {
  acceptedLengths,
  addCounts,
  type Counts,
  conditionalAcceptance,
  decodeMs,
  deviationRate,
  draftAcceptanceRate,
  meanAcceptanceLength,
  noCounts,
  perTokenAcceptance,
  positionAcceptance,
} from "../decoding/metrics.ts";
import { geometricMean, median, quantile } from "../statistics.ts";
import { byPrompt } from "./by-prompt.ts";
import { cellWarnings } from "./cell-warnings.ts";
import { compareWithPlain, type RunRecord } from "./comparison.ts";
import { isReference } from "./plain-cell.ts";
import type {
  AdaptiveSummary,
  BenchWarning,
  CategorySummary,
  Cell,
  CellSummary,
  Sample,
  Spread,
} from "./report.ts";
import { decodedTokens, decodingTimes, pairRuns } from "./run-pairs.ts";
import { orNull } from "./schema-parts.ts";
import { pairedSpeedup, type RunPair } from "./speedup.ts";
import { textParts } from "./text-parts.ts";

/** A cell's runs and what they are measured against. */
export interface SummaryInput {
  readonly cell: Cell;
  readonly runs: readonly RunRecord[];
  /** Plain's runs at the same temperature. */
  readonly plain: readonly RunRecord[];
  /** Seed of the bootstrap. */
  readonly seed: number;
}

/** A cell's figures and warnings. Pure: the same runs give the same result. */
export function summarise(input: SummaryInput): {
  readonly summary: CellSummary | null;
  readonly warnings: readonly BenchWarning[];
} {
  const { cell, runs, plain, seed } = input;
  if (runs.length === 0) return { summary: null, warnings: [] };
  const isPlain = isReference(cell);
  const greedy = cell.temp <= 0;
  const counts = runs.map(({ sample }) => countsOf(sample)).reduce(addCounts, noCounts);
  const sameAsPlain = isPlain || !greedy ? null : compareWithPlain(runs, plain);
  const summary = {
    tokensPerSecond: spreadOf(runs.map(({ sample }) => sample)),
    totals: { tokens: counts.passTokens, ms: totalMs(runs) },
    speedup: isPlain ? null : pairedSpeedup(pairUp(runs, plain), { seed }),
    draftAcceptanceRate: orNull(draftAcceptanceRate(counts)),
    alpha: orNull(perTokenAcceptance(counts)),
    meanAcceptanceLength: orNull(meanAcceptanceLength(counts)),
    positionAcceptance: positionAcceptance(counts),
    conditionalAcceptance: conditionalAcceptance(counts),
    acceptedLengths: acceptedLengths(counts),
    ...textParts(runs.map(({ sample }) => sample)),
    categories: categoriesOf(input, isPlain),
    shares: sharesOf(counts),
    sameAsPlain,
    deviationRate: cell.accept === "typical" ? orNull(deviationRate(counts)) : null,
    adaptive: cell.adaptive ? adaptiveOf(counts) : null,
  };
  return { summary, warnings: cellWarnings(cell, runs, summary) };
}

/** The runs of each category alone; with fewer resamples, for there are many and they hold few prompts. */
function categoriesOf({ runs, plain, seed }: SummaryInput, isPlain: boolean): CategorySummary[] {
  const names = [...new Set(runs.map(({ sample }) => sample.category))];
  return names.map((category) => {
    const own = runs.filter(({ sample }) => sample.category === category);
    const counts = own.map(({ sample }) => countsOf(sample)).reduce(addCounts, noCounts);
    return {
      category,
      prompts: new Set(own.map(({ sample }) => sample.prompt)).size,
      speedup: isPlain ? null : pairedSpeedup(pairUp(own, plain), { seed, resamples: 2000 }),
      alpha: orNull(perTokenAcceptance(counts)),
      meanAcceptanceLength: orNull(meanAcceptanceLength(counts)),
    };
  });
}

function pairUp(runs: readonly RunRecord[], plain: readonly RunRecord[]): (readonly RunPair[])[] {
  const samples = (of: readonly RunRecord[]) => of.map(({ sample }) => sample);
  return [...pairRuns(samples(runs), samples(plain)).values()];
}

/** A run's counts; times that are not known are NaN. */
export function countsOf(sample: Sample): Counts {
  const { prefillMs, draftMs, verifyMs, overheadMs } = sample;
  const passTokens = decodedTokens(sample);
  return {
    ...sample,
    passTokens,
    drafters: sample.drafters ?? {},
    prefillMs: prefillMs ?? Number.NaN,
    draftMs: draftMs ?? Number.NaN,
    verifyMs: verifyMs ?? Number.NaN,
    overheadMs: overheadMs ?? Number.NaN,
  };
}

function totalMs(runs: readonly RunRecord[]): number {
  return runs.reduce((sum, { sample }) => sum + sample.decodeMs, 0);
}

function spreadOf(samples: readonly Sample[]): Spread | null {
  const times = decodingTimes(samples);
  const rateOf = (run: Sample) => (decodedTokens(run) / (times.get(run) ?? 0)) * 1000;
  const decoded = samples.filter((run) => decodedTokens(run) > 0 && (times.get(run) ?? 0) > 0);
  if (decoded.length === 0) return null;
  const rates = decoded.map(rateOf);
  const prompts = [...byPrompt(decoded).values()];
  return {
    // The median of ms per token, as speedups have it.
    rate: geometricMean(prompts.map((runs) => 1 / median(runs.map((run) => 1 / rateOf(run))))),
    median: median(rates),
    low: quantile(rates, 0.25),
    high: quantile(rates, 0.75),
  };
}

function sharesOf(counts: Counts): CellSummary["shares"] {
  const total = decodeMs(counts);
  // NaN where one of them is not known.
  if (!(total > 0)) return null;
  const { draftMs, verifyMs, overheadMs } = counts;
  return { draft: draftMs / total, verify: verifyMs / total, overhead: overheadMs / total };
}

/** Without the regret, which takes all cells. */
function adaptiveOf({ plannedSizes, probes, passes }: Counts): AdaptiveSummary {
  return { plannedSizes, probeShare: orNull(probes / passes), regret: null };
}
