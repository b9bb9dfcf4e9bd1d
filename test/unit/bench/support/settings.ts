import type { BenchSettings } from "../../../../src/bench/report.ts";
import type { BenchHooks } from "../../../../src/bench/runner.ts";

/** Two prompts, two repetitions, eleven tokens each; one cell of draft length 4 beside plain. */
export function benchSettings(changes: Partial<BenchSettings> = {}): BenchSettings {
  return {
    drafters: ["draft"],
    draftLengths: [4],
    topKs: [1],
    treeSizes: [0],
    pMins: [0],
    accept: "exact",
    typical: { epsilon: 0.09, delta: 0.3 },
    ngram: { min: 2, max: 5 },
    temperatures: [0],
    sampler: { topK: 40, topP: 0.95, minP: 0.05 },
    maxTokens: 11,
    stopTexts: [],
    repetitions: 2,
    warmup: 0,
    seed: 1,
    raw: false,
    prompts: [
      { id: "one", category: "chat", prompt: "hello there" },
      { id: "two", category: "code", prompt: "x = 1" },
    ],
    ...changes,
  };
}

/** A machine that no test runs on. */
export const environment: BenchHooks["environment"] = {
  machine: {
    cpu: "Test CPU",
    cores: 2,
    memoryBytes: 8e9,
    os: "linux 6.0",
    arch: "x64",
    node: "v20.20.0",
  },
  versions: { specdec: "0.1.0" },
};

export const created = new Date("2026-01-02T03:04:05.000Z");
