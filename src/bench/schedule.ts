import { seededRandom, shuffled } from "../decoding/random.ts";
import type { BenchPlan } from "./plan.ts";
import type { BenchPrompt, Cell } from "./report.ts";

/** All cells on one prompt, once. */
export interface Round {
  readonly prompt: BenchPrompt;
  /** From 0. */
  readonly repetition: number;
  /** Seed of every run in this round, plain's too. */
  readonly seed: number;
  readonly cells: readonly Cell[];
}

/**
 * The order of the measured runs: by repetition, then prompt, and within these the cells shuffled
 * anew, so that a machine that warms up or slows down does so for all cells alike.
 *
 * @param from the first repetition; runs of others have other seeds
 * @yields the rounds of one repetition after the other, without end
 */
export function* scheduleRepetitions(
  { settings, cells }: BenchPlan,
  from = 0,
): Generator<Round[], never> {
  const { prompts, seed } = settings;
  const random = seededRandom(seed);
  for (let repetition = from; ; repetition++) {
    yield prompts.map((prompt, i) => ({
      prompt,
      repetition,
      seed: seed + repetition * prompts.length + i,
      cells: shuffled(cells, random),
    }));
  }
}
