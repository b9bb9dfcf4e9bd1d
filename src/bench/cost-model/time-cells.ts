import type { RoundTimes, TunablePair } from "../../engine/pair.ts";
import type { Cell } from "../report.ts";
import type { BenchHooks } from "../runner.ts";
import { timesFor } from "./sizes.ts";

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
