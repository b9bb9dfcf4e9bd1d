import type { Pair } from "../engine/pair.ts";
import { plainOf } from "./plain-cell.ts";
import type { BenchPlan } from "./plan.ts";
import type { BenchPrompt, BenchWarning, Cell, DistributionCheck } from "./report.ts";
import { requestFor } from "./request.ts";
import { runSample } from "./run-sample.ts";
import { type Stratum, twoSampleTest } from "./two-sample.ts";

/** Generations of a cell, and as many of plain, shared out among the prompts. */
export const checkGenerations = 500;
/** Prompts that are continued: the first ones. */
const checkPrompts = 2;
/** The first token comes from the prefill, so the second is the first that a draft can give. */
const position = 1;
/** Chance of a false alarm in a whole bench, at most. */
const falseAlarms = 0.01;

/** What a check needs and tells. */
export interface DistributionHooks {
  readonly signal?: AbortSignal | undefined;
  /** Asked before each generation: true ends the check without a result. */
  readonly isOver: () => boolean;
  /** Generations that are done, of all. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Draws the second token of a text many times, by each cell that drafts above temperature 0 and by
 * plain decoding with other seeds, and tests whether both are of one distribution.
 *
 * @returns undefined where it was stopped
 */
export async function checkDistributions(
  pair: Pair,
  plan: BenchPlan,
  hooks: DistributionHooks,
): Promise<DistributionCheck[] | undefined> {
  const checked = plan.cells.filter(({ method, temp }) => method === "speculative" && temp > 0);
  const temps = [...new Set(checked.map(({ temp }) => temp))];
  const plain = temps.flatMap((temp) => plainOf(plan.cells, temp) ?? []);
  const arms = [...plain, ...checked];
  const prompts = plan.settings.prompts.slice(0, checkPrompts);
  const rounds = Math.ceil(checkGenerations / prompts.length);
  const drawn = new Map(arms.map(({ id }) => [id, prompts.map(() => new Map<number, number>())]));
  let done = 0;
  // A prompt stays in the caches as long as nothing else is asked.
  for (const [p, prompt] of prompts.entries()) {
    for (let round = 0; round < rounds; round++) {
      for (const [arm, cell] of arms.entries()) {
        if (hooks.isOver()) return undefined;
        const seed = plan.settings.seed + (arm + 1) * 1_000_003 + round;
        const token = await draw(pair, plan, { cell, prompt, seed }, hooks.signal);
        if (token === undefined) return undefined;
        const counts = drawn.get(cell.id)?.[p];
        counts?.set(token, (counts.get(token) ?? 0) + 1);
        hooks.onProgress?.(++done, prompts.length * rounds * arms.length);
      }
    }
  }
  return checked.map((cell) => {
    const reference = drawn.get(plainOf(plan.cells, cell.temp)?.id ?? "") ?? [];
    const strata = (drawn.get(cell.id) ?? []).map(
      (a, p): Stratum => ({ a, b: reference[p] ?? new Map() }),
    );
    return { cell: cell.id, generations: rounds * prompts.length, ...twoSampleTest(strata) };
  });
}

/** The token; -1 where the text ended before it; undefined where it was stopped. */
async function draw(
  pair: Pair,
  plan: BenchPlan,
  run: { readonly cell: Cell; readonly prompt: BenchPrompt; readonly seed: number },
  signal: AbortSignal | undefined,
): Promise<number | undefined> {
  // Two more than the first, so that a draft of two tokens has its place.
  const short = { maxTokens: position + 2, wholeChunks: false };
  const request = { ...requestFor(plan, pair.info, run), ...short };
  const record = await runSample(pair, { prompt: run.prompt, repetition: 0, request }, signal);
  return record && (record.sample.tokenIds[position] ?? -1);
}

/** Says where a cell's tokens are not distributed as plain's, which a lossy rule's need not be. */
export function distributionWarnings(
  checks: readonly DistributionCheck[],
  cells: readonly Cell[],
): BenchWarning[] {
  return checks
    .filter(({ pValue }) => pValue < falseAlarms / checks.length)
    .map(({ cell, statistic, degrees, pValue }) => {
      const isLossy = cells.find(({ id }) => id === cell)?.accept === "typical";
      return {
        code: "distribution-differs",
        text: `${cell}: the second token is not distributed as plain's: χ² ${statistic.toFixed(1)} with ${degrees} degrees of freedom, p = ${pValue.toExponential(1)}`,
        hint: isLossy
          ? "Typical acceptance is lossy, and this is what that means."
          : "Possible bug. Repeat it with another --seed, and report it with this report's JSON.",
      };
    });
}
