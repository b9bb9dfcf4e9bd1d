import { describe, expect, test } from "vitest";
import { countsOfCell } from "../../../../src/bench/cost-model/cell-counts.ts";
import { timesFor } from "../../../../src/bench/cost-model/sizes.ts";
import { planBench } from "../../../../src/bench/plan.ts";
import {
  type BenchReport,
  type BenchSettings,
  reportSchema,
  type Sample,
} from "../../../../src/bench/report.ts";
import { runBench } from "../../../../src/bench/runner.ts";
import { benchSettings, created, environment } from "../support/settings.ts";
import { steadyTarget, virtualPair } from "../support/virtual-pair.ts";

/** Two tokens in a first step cost nearly twice one: what the textbook's formula leaves out. */
const draft = "fake:seed=1,agreement=0.85,end=-1000,step=2,token=1.5";

const heads = ["parallel", "chained"].map(
  (kind) => `fake:kind=${kind},count=4,seed=1,agreement=0.85,end=-1000,step=2,token=1.5`,
);

async function measured(
  changes: Partial<BenchSettings>,
  drafting: { draft?: string; heads?: readonly string[] } = { draft },
): Promise<BenchReport> {
  const pair = await virtualPair({ target: steadyTarget, ...drafting });
  const plan = planBench(benchSettings({ maxTokens: 200, repetitions: 1, ...changes }));
  const times = await pair.timeRounds(timesFor(plan.cells, pair.info));
  return runBench(pair, plan, { environment, created, times });
}

const withHeads: Partial<BenchSettings> = {
  drafters: ["heads"],
  heads: [
    { file: "parallel", kind: "parallel", count: 4 },
    { file: "chained", kind: "chained", count: 4 },
  ],
};

/** For each cell that drafts: its id, and how far the prediction is off. */
function errors({ cells }: BenchReport): [string, number][] {
  return cells.flatMap(({ id, method, predicted, summary }): [string, number][] => {
    if (method === "plain") return [];
    return [[id, Math.abs((predicted ?? Number.NaN) / (summary?.speedup?.estimate ?? 0) - 1)]];
  });
}

describe("the predicted speedup is the measured one where costs are as measured", () => {
  test("for chains of the draft model, within half a per cent", async () => {
    const report = await measured({ draftLengths: [1, 2, 3, 4, 8, 16], pMins: [0, 0.3, 0.6] });
    expect(errors(report)).toHaveLength(18);
    for (const [id, error] of errors(report)) expect(error, id).toBeLessThan(0.005);
  });

  test("for lookup, whose drafts cost nothing and are not always there", async () => {
    const report = await measured({ drafters: ["ngram"], draftLengths: [1, 4, 8] });
    expect(report.cells[1]?.samples[0]?.draftedAt[0]).toBeLessThan(
      report.cells[1]?.samples[0]?.passes ?? 0,
    );
    for (const [id, error] of errors(report)) expect(error, id).toBeLessThan(0.005);
  });

  test("for lengths that are chosen before every pass", async () => {
    const report = await measured({ draftLengths: ["auto"] });
    for (const [id, error] of errors(report)) expect(error, id).toBeLessThan(0.005);
  });

  test("for chains of heads", async () => {
    const report = await measured({ ...withHeads, draftLengths: [1, 2, 3, 4] }, { heads });
    expect(errors(report)).toHaveLength(8);
    for (const [id, error] of errors(report)) expect(error, id).toBeLessThan(0.005);
  });

  test("for a model that takes turns with a lookup, within half a per cent", async () => {
    const drafters = ["ngram,draft", "draft,ngram"] as const;
    const report = await measured({ drafters, draftLengths: [1, 2, 4, 8, "auto"] });
    expect(errors(report)).toHaveLength(10);
    expect(report.cells[4]?.samples[0]?.drafters).toMatchObject({
      draft: { passes: expect.any(Number) },
      ngram: { passes: expect.any(Number) },
    });
    for (const [id, error] of errors(report)) expect(error, id).toBeLessThan(0.005);
  });

  test("for heads behind a lookup, within half a per cent", async () => {
    const axes = { ...withHeads, drafters: ["ngram,heads"] as const, draftLengths: [1, 2, 4] };
    const report = await measured(axes, { heads });
    expect(errors(report)).toHaveLength(6);
    for (const [id, error] of errors(report)) expect(error, id).toBeLessThan(0.005);
  });

  test("for trees of heads, within half a per cent", async () => {
    const axes = { ...withHeads, draftLengths: [2, 4], topKs: [3], treeSizes: [4, 8] };
    const report = await measured(axes, { heads });
    expect(errors(report)).toHaveLength(8);
    for (const [id, error] of errors(report)) expect(error, id).toBeLessThan(0.005);
  });

  test("for trees that a p-min cuts, where the model is asked in vain too", async () => {
    const axes = { draftLengths: [1, 2], topKs: [3], treeSizes: [4, 16], pMins: [0.3] };
    const report = await measured(axes);
    expect(errors(report)).toHaveLength(3);
    for (const [id, error] of errors(report)) expect(error, id).toBeLessThan(0.005);
  });

  test("for trees of the draft model, within half a per cent", async () => {
    const report = await measured({ draftLengths: [2, 4], topKs: [3], treeSizes: [4, 8] });
    expect(errors(report)).toHaveLength(4);
    for (const [id, error] of errors(report)) expect(error, id).toBeLessThan(0.005);
  });
});

test("a report has the costs, and reads back with them", async () => {
  const report = await measured({ draftLengths: [2] });
  expect(report.costs).toMatchObject({
    target: [
      { tokens: 1, ms: 10 },
      { tokens: 2, ms: 12 },
      { tokens: 3, ms: 14 },
    ],
    draft: {
      batches: [
        { tokens: 1, ms: 2 },
        { tokens: 2, ms: 3.5 },
      ],
      stepMs: 2,
    },
    overheadMs: 0,
  });
  expect(report.cells.map(({ predicted }) => predicted)).toEqual([null, expect.any(Number)]);
  expect(reportSchema.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
});

test("nothing is predicted of two drafters in turn by a report that does not keep them apart", async () => {
  const report = await measured({ drafters: ["ngram,draft"], draftLengths: [2] });
  const older = report.cells.map(({ samples, ...cell }) => ({
    ...cell,
    samples: samples.map(({ drafters: _, ...sample }) => asOlder(sample)),
  }));
  expect(older.map((cell) => countsOfCell(cell, cell.samples))).toEqual([null, null]);
});

test("of two drafters in turn with a p-min, what a model evaluated in vain counts too", async () => {
  const report = await measured({ drafters: ["ngram,draft"], draftLengths: [2], pMins: [0.5] });
  const inVain = report.cells[1]?.samples.some(
    ({ modelReads, drafters }) =>
      modelReads.reduce((a, b) => a + b, 0) > (drafters?.draft?.passes ?? 0),
  );
  expect(inVain).toBe(true);
  for (const [id, error] of errors(report)) expect(error, id).toBeLessThan(0.005);
  const older = report.cells.map((cell) => countsOfCell(cell, cell.samples.map(asOlder)));
  expect(older).toEqual([null, null]);
});

test("an older report's predictions follow from its counts", async () => {
  const report = await measured({ draftLengths: [3] });
  const [, cell] = report.cells;
  if (cell === undefined) throw new Error("no cell");
  const exact = countsOfCell(cell, cell.samples);
  const older = countsOfCell(cell, cell.samples.map(asOlder));
  expect(older?.steps).toBe(exact?.steps);
  expect(older?.caughtUp.slice(1)).toEqual(exact?.caughtUp.slice(1));
});

/** A run without what older versions did not record. */
function asOlder(sample: Sample): Sample {
  return { ...sample, draftedSizes: [], modelReads: [], modelBatches: [] };
}

describe("what is timed", () => {
  const info = { contextSize: 512, draft: undefined } as never;
  const cells = (changes: Partial<BenchSettings>) => planBench(benchSettings(changes)).cells;

  test("is every size up to the longest draft and one more, for curves have steps", () => {
    const { targetBatches } = timesFor(cells({ draftLengths: [9, 20] }), info);
    const dense = Array.from({ length: 17 }, (_, i) => i + 1);
    expect(targetBatches).toEqual([...dense, 20, 21]);
    const longer = timesFor(cells({ draftLengths: [30, 40] }), info).targetBatches;
    expect(longer).toEqual([...dense, 20, 24, 28, 31, 32, 40, 41]);
  });

  test("fits into a small context", () => {
    const { targetBatches, contextTokens } = timesFor(cells({ draftLengths: [20] }), {
      ...(info as object),
      contextSize: 24,
    } as never);
    expect((targetBatches.at(-1) ?? 0) + contextTokens).toBeLessThanOrEqual(24);
  });
});
