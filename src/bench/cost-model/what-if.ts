import type { Costs } from "./costs.ts";
import { predictedSpeedup, type RunCounts } from "./pass-times.ts";
import type { DraftCounts } from "./sample-sums.ts";

/** What makes a draft, as its time follows from that: a lookup takes none. */
export type Drafting = "lookup" | "model" | "parallel" | "chained";

/**
 * One mean pass of chains whose tokens are each accepted with probability α, whatever came before
 * (Leviathan et al. 2023, equation 1).
 *
 * @param draftLen γ, 1 or more
 * @param alpha 0 … 1
 */
export function passAt(draftLen: number, alpha: number, drafting: Drafting): RunCounts {
  let tokens = 1;
  for (let i = 1; i <= draftLen; i++) tokens += alpha ** i;
  return { passTokens: tokens, verified: one(draftLen + 1), ...draftAt(draftLen, alpha, drafting) };
}

function draftAt(draftLen: number, alpha: number, drafting: Drafting): DraftCounts {
  switch (drafting) {
    case "lookup":
      return { caughtUp: [], levels: [], steps: 0 };
    case "model": {
      // Behind a pass that accepted all, the last drafted token is new to the draft model too.
      const all = alpha ** draftLen;
      return { caughtUp: [0, 1 - all, all], levels: [], steps: draftLen - 1 };
    }
    case "chained": {
      // All that the pass before emitted: n accepted tokens and the target's own.
      const exactly = Array.from({ length: draftLen + 1 }, (_, n) =>
        n < draftLen ? alpha ** n * (1 - alpha) : alpha ** n,
      );
      return { caughtUp: [0, ...exactly], levels: [], steps: draftLen - 1 };
    }
    case "parallel":
      return { caughtUp: one(draftLen), levels: [], steps: 0, reads: draftLen - 1 };
  }
}

/** One batch of a size. */
function one(size: number): number[] {
  return [...new Array<number>(size).fill(0), 1];
}

/** The acceptance that a draft length takes to be as fast as plain decoding. */
export interface BreakEven {
  readonly draftLen: number;
  /** α; null where even a draft that is always accepted is slower. */
  readonly alpha: number | null;
}

/** What a chain of `draftLen` must be accepted at to pay. */
export function breakEven(draftLen: number, costs: Costs, drafting: Drafting): BreakEven {
  const speedup = (alpha: number) => predictedSpeedup(passAt(draftLen, alpha, drafting), costs);
  if (speedup(1) < 1) return { draftLen, alpha: null };
  let [low, high] = [0, 1];
  for (let i = 0; i < 40; i++) {
    const middle = (low + high) / 2;
    if (speedup(middle) < 1) low = middle;
    else high = middle;
  }
  return { draftLen, alpha: high };
}
