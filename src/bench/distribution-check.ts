import { mix, seededRandom } from "../decoding/random.ts";
import type { TestedPlace } from "../decoding/tested-places.ts";
import type { Pair } from "../engine/pair.ts";
import { plainOf } from "./plain-cell.ts";
import type { BenchPlan } from "./plan.ts";
import { testPositions } from "./position-tests.ts";
import type { BenchPrompt, Cell, DistributionCheck } from "./report.ts";
import { requestFor } from "./request.ts";
import { runSample } from "./run-sample.ts";
import { type Stratum, twoSampleTest } from "./two-sample.ts";

/** Generations of a cell unless told, and as many of plain, shared out among the prompts. */
export const defaultCheckTexts = 500;
/** Prompts that are continued: the first ones. */
const checkPrompts = 2;
/** The first token comes from the prefill, so the second is the first that a draft can give. */
const position = 1;
/** Least length of a text that is drafted for: its further tokens test more places of drafts. */
const fewestTokens = 8;

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
  /** What the exact rule decided on in all texts; none for plain and for lossy rules. */
  readonly places: TestedPlace[];
}

/** What one text gave. */
interface Drawn {
  /** -1 where the text ended before it. */
  readonly token: number;
  readonly places: readonly TestedPlace[];
}

/**
 * Draws the second token of a text many times, by each cell that drafts above temperature 0 and by
 * plain decoding with other seeds, and tests whether both are of one distribution. Plain against
 * plain is tested in the same way: all tests of a temperature share plain's draws, so where those
 * are unusual, all are, and the control with them.
 *
 * Every place of the drafts is tested as well, against the probabilities that the engine reports (see
 * `testPositions`), unless the rule is lossy.
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
      for (const [a, { cell, drawn, places }] of arms.entries()) {
        if (hooks.isOver()) return undefined;
        // Neighbouring sums would give two checks with seeds 1 and 2 nearly all draws in common.
        const run = { cell, prompt, seed: [p, a, round].reduce(mix, seed) };
        const text = await draw(pair, plan, run, hooks.signal);
        if (text === undefined) return undefined;
        const counts = drawn[p] as Map<number, number>;
        counts.set(text.token, (counts.get(text.token) ?? 0) + 1);
        places.push(...text.places);
        hooks.onProgress?.(++done, prompts.length * rounds * arms.length);
      }
    }
  }
  const references = arms.filter(({ isReference }) => isReference);
  return arms.flatMap(({ cell, isReference, drawn, places }, a) => {
    const plain = references.find((arm) => arm.cell.temp === cell.temp);
    if (isReference || plain === undefined) return [];
    const strata = drawn.map((a, p): Stratum => ({ a, b: plain.drawn[p] ?? new Map() }));
    const random = seededRandom(mix(seed, a));
    return [
      {
        ...{ cell: cell.id, generations: rounds * prompts.length, ...twoSampleTest(strata) },
        ...(places.length > 0 && { positions: testPositions(places, random) }),
      },
    ];
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
    places: [],
  });
  return [
    ...plain.map((cell) => arm(cell, true)),
    ...[...plain, ...checked].map((cell) => arm(cell, false)),
  ];
}

/** @returns undefined where it was stopped */
async function draw(
  pair: Pair,
  plan: BenchPlan,
  run: { readonly cell: Cell; readonly prompt: BenchPrompt; readonly seed: number },
  signal: AbortSignal | undefined,
): Promise<Drawn | undefined> {
  const maxTokens = tokensOf(run.cell);
  const audit = run.cell.method === "speculative" && run.cell.accept === "exact";
  const request = { ...requestFor(plan, pair.info, run), maxTokens, wholeChunks: false, audit };
  const record = await runSample(pair, { prompt: run.prompt, repetition: 0, request }, signal);
  if (record === undefined) return undefined;
  return { token: record.sample.tokenIds[position] ?? -1, places: record.tested ?? [] };
}

/** With drafts: the first token, a whole draft after it, and the target's own, as in any pass. */
function tokensOf({ method, draftLen }: Cell): number {
  return method === "plain" ? position + 1 : Math.max(draftLen + 2, fewestTokens);
}
