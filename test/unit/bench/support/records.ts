import type { RunRecord } from "../../../../src/bench/comparison.ts";
import type { Cell, Sample } from "../../../../src/bench/report.ts";

/** A finished run, by default of ten tokens after the first in ten passes of 10 ms. */
export function record(changes: Partial<Sample> = {}, gaps: readonly number[] = []): RunRecord {
  const sample: Sample = {
    prompt: "one",
    category: "chat",
    repetition: 0,
    tokens: 11,
    passes: 10,
    drafted: 0,
    accepted: 0,
    mismatches: 0,
    deviations: 0,
    plannedSizes: [],
    draftedSizes: [],
    modelReads: [],
    modelBatches: [],
    probes: 0,
    testedAt: [],
    draftedAt: [],
    acceptedAt: [],
    decodeMs: 100,
    prefillMs: 5,
    firstTokenMs: 5,
    promptTokens: 4,
    reusedTokens: 0,
    draftMs: 0,
    verifyMs: 100,
    overheadMs: 0,
    doneReason: "length",
    text: "",
    tokenIds: [1, 2, 3],
    ...changes,
  };
  return { sample, gaps };
}

/** A speculative cell of draft length 4 at temperature 0. */
export function cell(changes: Partial<Cell> = {}): Cell {
  return {
    id: "draft-n4-k1-t0",
    method: "speculative",
    drafter: "draft",
    draftLen: 4,
    adaptive: false,
    topK: 1,
    treeSize: 0,
    pMin: 0,
    accept: "exact",
    temp: 0,
    ...changes,
  };
}
