import { mix } from "../decoding/random.ts";
import type { Pair } from "../engine/pair.ts";
import { plainOf } from "./plain-cell.ts";
import type { BenchPlan } from "./plan.ts";
import type { BenchPrompt, BenchWarning, Cell, DistributionCheck } from "./report.ts";
import { requestFor } from "./request.ts";
import { runSample } from "./run-sample.ts";
import { type Stratum, twoSampleTest } from "./two-sample.ts";

/** Generations of a cell unless told, and as many of plain, shared out among the prompts. */
export const defaultCheckTexts = 500;
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

/** What draws: a cell. Plain draws twice, for its own control. */
interface Arm {
  readonly cell: Cell;
  readonly isReference: boolean;
  /** By prompt, how often each token came. */
  readonly drawn: readonly Map<number, number>[];
}

/**
 * Draws the second token of a text many times, by each cell that drafts above temperature 0 and by
 * plain decoding with other seeds, and tests whether both are of one distribution. Plain against
 * plain is tested in the same way: all tests of a temperature share plain's draws, so where those
 * are unusual, all are, and the control with them.
 *
 * @returns undefined where it was stopped
 */
export async function checkDistributions(
  pair: Pair,
  plan: BenchPlan,
  hooks: DistributionHooks,
): Promise<DistributionCheck[] | undefined> {
  const { prompts: all, seed, checkTexts = defaultCheckTexts } = plan.settings;
  const prompts = all.slice(0, checkPrompts);
  const arms = armsOf(plan.cells, prompts.length);
  const rounds = Math.ceil(checkTexts / prompts.length);
  let done = 0;
  // A prompt stays in the caches as long as nothing else is asked.
  for (const [p, prompt] of prompts.entries()) {
    for (let round = 0; round < rounds; round++) {
      for (const [a, { cell, drawn }] of arms.entries()) {
        if (hooks.isOver()) return undefined;
        // Neighbouring sums would give two checks with seeds 1 and 2 nearly all draws in common.
        const run = { cell, prompt, seed: [p, a, round].reduce(mix, seed) };
        const token = await draw(pair, plan, run, hooks.signal);
        if (token === undefined) return undefined;
        const counts = drawn[p] as Map<number, number>;
        counts.set(token, (counts.get(token) ?? 0) + 1);
        hooks.onProgress?.(++done, prompts.length * rounds * arms.length);
      }
    }
  }
  const references = arms.filter(({ isReference }) => isReference);
  return arms.flatMap(({ cell, isReference, drawn }) => {
    const plain = references.find((arm) => arm.cell.temp === cell.temp);
    if (isReference || plain === undefined) return [];
    const strata = drawn.map((a, p): Stratum => ({ a, b: plain.drawn[p] ?? new Map() }));
    return [{ cell: cell.id, generations: rounds * prompts.length, ...twoSampleTest(strata) }];
  });
}

/** The cells that draft above temperature 0 and, before those, plain twice for each temperature. */
function armsOf(cells: readonly Cell[], prompts: number): Arm[] {
  const checked = cells.filter(({ method, temp }) => method === "speculative" && temp > 0);
  const temps = [...new Set(checked.map(({ temp }) => temp))];
  const plain = temps.flatMap((temp) => plainOf(cells, temp) ?? []);
  const arm = (cell: Cell, isReference: boolean): Arm => ({
    ...{ cell, isReference },
    drawn: Array.from({ length: prompts }, () => new Map()),
  });
  return [
    ...plain.map((cell) => arm(cell, true)),
    ...[...plain, ...checked].map((cell) => arm(cell, false)),
  ];
}

/** The token; -1 where the text ended before it; undefined where it was stopped. */
async function draw(
  pair: Pair,
  plan: BenchPlan,
  run: { readonly cell: Cell; readonly prompt: BenchPrompt; readonly seed: number },
  signal: AbortSignal | undefined,
): Promise<number | undefined> {
  // The first token, a whole draft behind it, and the target's own: as in any pass.
  const maxTokens = position + Math.max(1, run.cell.draftLen) + 1;
  const short = { maxTokens, wholeChunks: false };
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
    .map(({ cell: id, statistic, degrees, pValue }) => {
      const cell = cells.find((each) => each.id === id);
      return {
        code: "distribution-differs",
        text: `${id}: the second token is not distributed as plain's: χ² ${statistic.toFixed(1)} with ${degrees} degrees of freedom, p = ${pValue.toExponential(1)}`,
        hint: hintFor(cell),
      };
    });
}

function hintFor(cell: Cell | undefined): string {
  if (cell?.method === "plain") {
    return "Plain decoding differs from itself: trust no cell's p here. Repeat it with another --seed.";
  }
  if (cell?.accept === "typical") {
    return "Typical acceptance is lossy, and this is what that means.";
  }
  return "Possible bug. Repeat it with another --seed and more --check-texts, and report it with this report's JSON.";
}
