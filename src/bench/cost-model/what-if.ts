import type { Costs } from "./costs.ts";
import { predictedSpeedup, type RunCounts } from "./pass-times.ts";

/**
 * One mean pass of chains whose tokens are each accepted with probability α, whatever came before
 * (Leviathan et al. 2023, equation 1).
 *
 * @param draftLen γ, 1 or more
 * @param alpha 0 … 1
 * @param free whether drafting costs nothing, as a look-up
 */
export function passAt(draftLen: number, alpha: number, free: boolean): RunCounts {
  let tokens = 1;
  for (let i = 1; i <= draftLen; i++) tokens += alpha ** i;
  const all = alpha ** draftLen;
  const verified = [...new Array<number>(draftLen + 1).fill(0), 1];
  if (free) return { passTokens: tokens, verified, caughtUp: [], levels: [], steps: 0 };
  // Behind a pass that accepted all, the last drafted token is new to the draft model too.
  const caughtUp = [0, 1 - all, all];
  return { passTokens: tokens, verified, caughtUp, levels: [], steps: draftLen - 1 };
}

/** The acceptance that a draft length takes to be as fast as plain decoding. */
export interface BreakEven {
  readonly draftLen: number;
  /** α; null where even a draft that is always accepted is slower. */
  readonly alpha: number | null;
}

/** What a chain of `draftLen` must be accepted at to pay. */
export function breakEven(draftLen: number, costs: Costs, free: boolean): BreakEven {
  const speedup = (alpha: number) => predictedSpeedup(passAt(draftLen, alpha, free), costs);
  if (speedup(1) < 1) return { draftLen, alpha: null };
  let [low, high] = [0, 1];
  for (let i = 0; i < 40; i++) {
    const middle = (low + high) / 2;
    if (speedup(middle) < 1) low = middle;
    else high = middle;
  }
  return { draftLen, alpha: high };
}
