import { describe, expect, test } from "vitest";
import { planBench } from "../../../../src/bench/plan.ts";
import type { BenchSettings } from "../../../../src/bench/report.ts";
import { runBench } from "../../../../src/bench/runner.ts";
import { bestOfEach } from "../../../../src/bench/tune/predict.ts";
import { recommend } from "../../../../src/bench/tune/recommend.ts";
import { tuneCells } from "../../../../src/bench/tune/tune-cells.ts";
import { type TuneResult, tune } from "../../../../src/bench/tune/tuner.ts";
import { benchSettings, created, environment } from "../support/settings.ts";
import { virtualPair } from "../support/virtual-pair.ts";

const axes: Partial<BenchSettings> = {
  drafters: ["draft", "ngram", "ngram,draft"],
  draftLengths: [1, 2, 3, 4, 6, 8],
  topKs: [1, 3],
  treeSizes: null,
  pMins: [0, 0.3, 0.6],
  maxTokens: 120,
  repetitions: 1,
};

interface Costs {
  readonly target: string;
  readonly draft: string;
}

const pairs: Readonly<Record<string, Costs>> = {
  "batches that cost little": {
    target: "fake:seed=1,end=-1000,step=10,token=1",
    draft: "fake:seed=1,agreement=0.9,end=-1000,step=1,token=0.2",
  },
  "batches that cost much": {
    target: "fake:seed=2,end=-1000,step=10,token=6",
    draft: "fake:seed=2,agreement=0.9,end=-1000,step=1,token=0.2",
  },
  "a draft that is often wrong": {
    target: "fake:seed=3,end=-1000,step=10,token=2",
    draft: "fake:seed=3,agreement=0.7,end=-1000,step=1,token=0.2",
  },
  "a dear draft": {
    target: "fake:seed=4,end=-1000,step=10,token=1",
    draft: "fake:seed=4,agreement=0.95,end=-1000,step=4,token=1",
  },
};

async function tuned(costs: Costs, changes: Partial<BenchSettings> = {}): Promise<TuneResult> {
  const pair = await virtualPair(costs);
  const settings = benchSettings({ ...axes, ...changes });
  const request = { settings, maxBranches: 64, confirmed: 3 };
  const result = await tune(pair, request, { environment, created });
  if (result === undefined) throw new Error("the tuning was stopped");
  return result;
}

describe.each(Object.entries(pairs))("with %s", (_, costs) => {
  test("tune finds what is within 5% of the best cell of the full sweep, in a fifth of its time", async () => {
    const pair = await virtualPair(costs);
    const settings = benchSettings({ ...axes, repetitions: 3 });
    const start = pair.clock();
    const sweep = await runBench(pair, planBench(settings), { environment, created });
    const sweepMs = pair.clock() - start;
    const best = Math.max(1, ...sweep.cells.map(({ summary }) => summary?.speedup?.estimate ?? 0));

    const other = await virtualPair(costs);
    const request = { settings: { ...settings, repetitions: 2 }, maxBranches: 64, confirmed: 3 };
    const result = await tune(other, request, { environment, created });
    const { cell } = recommend(result?.report as TuneResult["report"]);
    expect(cell?.summary?.speedup?.estimate ?? 1).toBeGreaterThan(0.95 * best);
    expect(other.clock()).toBeLessThan(sweepMs / 5);
  }, 60_000);

  test("predicts chains as they are then measured", async () => {
    const { report, predictions } = await tuned(costs, { topKs: [1] });
    const drafting = report.cells.filter(({ method }) => method === "speculative");
    expect(drafting).toHaveLength(3);
    for (const { id, summary } of drafting) {
      const predicted = predictions.find(({ cell }) => cell.id === id)?.speedup ?? Number.NaN;
      expect(Math.abs(predicted / (summary?.speedup?.estimate ?? 0) - 1)).toBeLessThan(0.01);
    }
  });
});

test("advises plain decoding where nothing is faster", async () => {
  const { report } = await tuned({
    target: "fake:seed=2,end=-1000,step=10,token=9",
    draft: "fake:seed=2,agreement=0.6,end=-1000,step=4,token=1",
  });
  expect(recommend(report)).toMatchObject({ cell: undefined });
});

test("works without a draft model", async () => {
  const pair = await virtualPair({ target: pairs["a dear draft"]?.target ?? "" });
  const settings = benchSettings({ ...axes, drafters: ["ngram"] });
  const request = { settings, maxBranches: 0, confirmed: 3 };
  const result = await tune(pair, request, { environment, created });
  expect(result?.alpha).toBeNull();
  expect(result?.report.cells.map(({ drafter }) => drafter)).toEqual([
    "none",
    "ngram",
    "ngram",
    "ngram",
  ]);
});

test("ends without a result when it is stopped", async () => {
  const pair = await virtualPair(pairs["a dear draft"]);
  const request = { settings: benchSettings(axes), maxBranches: 64, confirmed: 3 };
  const signal = AbortSignal.abort();
  expect(await tune(pair, request, { environment, created, signal })).toBeUndefined();
});

describe("what is tried", () => {
  test("is every combination, with some more trees; lookup as chains only", () => {
    const cells = tuneCells(benchSettings({ ...axes, pMins: [0], draftLengths: [2, 6] }));
    expect(cells.map(({ id }) => id)).toEqual([
      "draft-n2-k1-t0",
      "draft-n2-k3-s2-t0",
      "draft-n6-k1-t0",
      "draft-n6-k3-s6-t0",
      "ngram-n2-t0",
      "ngram-n6-t0",
      "ngram+draft-n2-k1-t0",
      "ngram+draft-n6-k1-t0",
      "draft-n2-k3-s4-t0",
      "draft-n2-k3-s8-t0",
      "draft-n2-k3-s16-t0",
      "draft-n6-k3-s8-t0",
      "draft-n6-k3-s16-t0",
    ]);
  });

  test("has no trees on an engine without", () => {
    const engine = { trees: false } as never;
    const cells = tuneCells(benchSettings(axes), engine);
    expect(cells.every(({ treeSize }) => treeSize === 0)).toBe(true);
  });
});

test("of settings that differ in tree size and p-min the best one stands for all", async () => {
  const { predictions } = await tuned(pairs["batches that cost little"] as Costs);
  const best = bestOfEach(predictions);
  // Six lengths by two candidate filters, and six of each lookup; one token is no tree of its own.
  expect(best).toHaveLength(24);
  const rates = best.map(({ speedup }) => speedup);
  expect([...rates].sort((a, b) => b - a)).toEqual(rates);
  expect(rates[0]).toBe(Math.max(...predictions.map(({ speedup }) => speedup)));
});
