import { describe, expect, it } from "vitest";
import {
  countPredictions,
  type PredictionCounters,
} from "../../../src/engine/node-llama-cpp/prediction-counts.ts";

/** A batch of the target: predictions in it, how many held, and how many tokens were taken of it. */
interface Batch {
  readonly drafted: number;
  readonly held: number;
  /** All that it gives where left out: what held, and a token of the target's own. */
  readonly taken?: number;
}

/** node-llama-cpp's counters before the first token and after each, as `_speculativeEvaluate` keeps them. */
function readingsOf(batches: readonly Batch[]): PredictionCounters[] {
  let counters = { used: 3, validated: 4, refuted: 5 };
  const readings = [counters];
  for (const { drafted, held, taken = held + 1 } of batches) {
    const { used, validated, refuted } = counters;
    counters = { used, validated: validated + held, refuted: refuted + drafted - held };
    readings.push(counters);
    for (let i = 1; i < taken; i++) {
      counters = { ...counters, used: counters.used + 1 };
      readings.push(counters);
    }
  }
  return readings;
}

describe("countPredictions", () => {
  it("sees a pass in every token of evaluate() but the first", () => {
    const single = { drafted: 0, held: 0 };
    expect(countPredictions(readingsOf([single, single, single]))).toEqual({
      prefillTokens: 1,
      passes: 2,
      drafted: 0,
      accepted: 0,
      mismatches: 0,
      draftedAt: [],
      testedAt: [],
      acceptedAt: [],
    });
  });

  it("keeps what was verified with the prompt apart", () => {
    const batches = [
      { drafted: 4, held: 2 },
      { drafted: 0, held: 0 },
    ];
    expect(countPredictions(readingsOf(batches))).toMatchObject({
      prefillTokens: 3,
      passes: 1,
      drafted: 0,
      accepted: 0,
    });
  });

  it("tells the first mismatch from the tail that was not tested", () => {
    // Passes of 4 predictions: all hold, the third does not, the first does not; one without any.
    const batches = [
      { drafted: 0, held: 0 },
      { drafted: 4, held: 4 },
      { drafted: 4, held: 2 },
      { drafted: 4, held: 0 },
      { drafted: 0, held: 0 },
    ];
    expect(countPredictions(readingsOf(batches))).toEqual({
      prefillTokens: 1,
      passes: 4,
      drafted: 12,
      accepted: 6,
      mismatches: 2,
      draftedAt: [3, 3, 3, 3],
      testedAt: [3, 2, 2, 1],
      acceptedAt: [2, 2, 1, 1],
    });
  });

  it.each([
    ["behind the first of two that held", { drafted: 4, held: 2, taken: 1 }, 1],
    ["before the mismatch", { drafted: 4, held: 2, taken: 2 }, 2],
  ])("counts nothing behind the end of the text: %s", (_, last, accepted) => {
    const counts = countPredictions(readingsOf([{ drafted: 0, held: 0 }, last]));
    expect(counts).toMatchObject({
      ...{ passes: 1, drafted: 4, accepted, mismatches: 0 },
      ...{ testedAt: new Array(accepted).fill(1), acceptedAt: new Array(accepted).fill(1) },
    });
  });

  it("adds up to the tokens of the text", () => {
    const batches = [
      { drafted: 2, held: 1 },
      { drafted: 2, held: 2 },
      { drafted: 1, held: 0 },
      { drafted: 2, held: 2, taken: 2 },
    ];
    const readings = readingsOf(batches);
    const { prefillTokens, passes, accepted } = countPredictions(readings);
    // The last pass ended before the target's own token.
    expect(prefillTokens + passes - 1 + accepted).toBe(readings.length - 1);
  });

  it("has nothing to count before the first token", () => {
    expect(countPredictions(readingsOf([]))).toMatchObject({ prefillTokens: 0, passes: 0 });
  });
});
