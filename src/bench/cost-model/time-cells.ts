import type { RoundTimes, TunablePair } from "../../engine/pair.ts";
import type { Cell } from "../report.ts";
import type { BenchHooks } from "../runner.ts";
import { timesFor } from "./sizes.ts";
import { isSteady } from "./steadiness.ts";

/** Measurements in all, where they are disturbed. */
const attempts = 3;

/** What ends a timing, as it ends a bench. */
export type Ends = Pick<BenchHooks, "signal" | "stop">;

/**
 * Times what the rounds of cells consist of.
 *
 * @returns undefined where a signal ended it
 * @throws UserError where the context has no room for it
 */
export async function timeCells(
  pair: TunablePair,
  cells: readonly Cell[],
  { signal, stop }: Ends,
): Promise<RoundTimes | undefined> {
  const ended = AbortSignal.any([signal, stop].filter((each) => each !== undefined));
  try {
    return await pair.timeRounds(timesFor(cells, pair.info), ended);
  } catch (error) {
    if (ended.aborted) return undefined;
    throw error;
  }
}

/**
 * Times what the rounds of cells consist of, again where that was disturbed.
 *
 * @returns the first steady measurement, else the one whose halves agree best; undefined where a
 * signal ended it
 * @throws UserError where the context has no room for it
 */
export async function timeSteadily(
  pair: TunablePair,
  cells: readonly Cell[],
  ends: Ends,
): Promise<RoundTimes | undefined> {
  let best: RoundTimes | undefined;
  for (let i = 0; i < attempts; i++) {
    const times = await timeCells(pair, cells, ends);
    if (times === undefined || isSteady(times)) return times;
    const agreesBetter = (times.disagreement ?? 1) < (best?.disagreement ?? 1);
    if (best === undefined || agreesBetter) best = times;
  }
  return best;
}
