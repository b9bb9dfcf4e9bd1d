import { describe, expect, it } from "vitest";
import { isBaseline } from "../../../src/bench/baseline-cells.ts";
import { compareReports } from "../../../src/bench/compare.ts";
import { checkAgainst } from "../../../src/bench/gate.ts";
import { planBench } from "../../../src/bench/plan.ts";
import { type BenchReport, reportSchema } from "../../../src/bench/report.ts";
import { type BenchHooks, runBench } from "../../../src/bench/runner.ts";
import type { BaselineCounts } from "../../../src/engine/baseline.ts";
import { type FakeBaselinesOptions, fakeBaselines } from "./support/fake-baselines.ts";
import { benchSettings, created, environment } from "./support/settings.ts";
import { slowed } from "./support/slowed.ts";
import { perfectDraft, virtualPair } from "./support/virtual-pair.ts";

/** A bench of draft length 4 with rows of a node-llama-cpp that takes twice plain's time. */
async function bench(
  options: FakeBaselinesOptions = {},
  changes: Parameters<typeof benchSettings>[0] = {},
  more: Partial<BenchHooks> = {},
) {
  const pair = await virtualPair({ draft: perfectDraft });
  const baselines = await fakeBaselines(options);
  const order: string[] = [];
  const report = await runBench(
    pair,
    planBench(benchSettings({ baselineRows: true, ...changes })),
    {
      ...{ environment, created, baselines, clock: pair.clock },
      onProgress: (progress) => {
        if (progress.type === "run-start") order.push(progress.cell.id);
      },
      ...more,
    },
  );
  return { baselines, order, report };
}

function cellOf(report: BenchReport, id: string) {
  const found = report.cells.find((cell) => cell.id === id);
  if (found === undefined) throw new Error(`no cell ${id}`);
  return found;
}

const rows = ["nlc-evaluate-t0", "nlc-draft-n4-t0", "nlc-lookup-n4-t0"];

describe("baseline rows", () => {
  it("run among the other cells, in an order of their own each round", async () => {
    const { order } = await bench({}, { repetitions: 3 });
    const all = ["plain-t0", "draft-n4-k1-t0", ...rows];
    const rounds = Array.from({ length: 6 }, (_, i) => order.slice(i * 5, i * 5 + 5));
    for (const round of rounds) expect([...round].sort()).toEqual([...all].sort());
    expect(new Set(rounds.map((round) => round.join())).size).toBeGreaterThan(3);
  });

  it("are asked what plain is asked, prompt, sampler, seed and length alike", async () => {
    const sampler = { temperature: 0.8, topK: 7, topP: 0.9, minP: 0.1 };
    const { baselines } = await bench(
      {},
      { sampler: { topK: 7, topP: 0.9, minP: 0.1 }, temperatures: [0.8], repetitions: 1 },
    );
    const hello = { type: "chat", messages: [{ role: "user", content: "hello there" }] };
    const first = baselines.requests.filter(({ seed }) => seed === 1);
    expect(first).toHaveLength(3);
    for (const [method, draftLength] of [["evaluate", 0] as const, ["draft", 4], ["lookup", 4]]) {
      expect(first).toContainEqual({
        ...{ method, draftLength, prompt: hello, sampler, seed: 1, maxTokens: 11 },
      });
    }
    expect(baselines.requests.filter(({ seed }) => seed === 2)).toHaveLength(3);
  });

  it("are held against plain of the same prompt and repetition", async () => {
    const { report } = await bench();
    for (const id of rows) {
      const { summary, samples, state } = cellOf(report, id);
      expect(state).toBe("done");
      expect(samples).toHaveLength(4);
      expect(summary?.speedup?.estimate).toBeCloseTo(0.5, 9);
      expect(summary).toMatchObject({
        verdict: "slower",
        sameAsPlain: { equal: 2, compared: 2, differences: [] },
        // Its passes are not timed.
        shares: null,
      });
    }
  });

  it("show passes and acceptance by the counters, with the prompt's own batch left out", async () => {
    const counts: BaselineCounts = {
      ...{ prefillTokens: 3, passes: 4, drafted: 9, accepted: 4, mismatches: 3 },
      ...{ draftedAt: [3, 3, 3], testedAt: [3, 2, 2], acceptedAt: [2, 1, 1] },
    };
    const { report } = await bench({ counts });
    const { summary, samples } = cellOf(report, "nlc-draft-n4-t0");
    expect(summary).toMatchObject({
      draftAcceptanceRate: 4 / 9,
      alpha: 4 / 7,
      meanAcceptanceLength: 2,
      positionAcceptance: [2 / 3, 1 / 3, 1 / 3],
      conditionalAcceptance: [2 / 3, 1 / 2, 1 / 2],
    });
    // Eight tokens behind the prompt's batch in 160 ms: as fast as one in 20 ms is.
    expect(summary?.speedup?.estimate).toBeCloseTo(0.5, 9);
    expect(samples[0]).toMatchObject({
      ...{ tokens: 11, decodeMs: 160, firstTokenMs: 7, promptTokens: 18, doneReason: "length" },
      ...{ prefillMs: null, draftMs: null, verifyMs: null, overheadMs: null },
    });
  });

  it("keep what cannot be told out of the report", async () => {
    const { report } = await bench();
    const evaluate = cellOf(report, "nlc-evaluate-t0");
    expect(evaluate.summary).toMatchObject({
      ...{ draftAcceptanceRate: null, alpha: null, meanAcceptanceLength: 1 },
      ...{ positionAcceptance: [], acceptedLengths: [] },
    });
    expect(reportSchema.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
    expect(report.plan.baselineRows).toBe(true);
  });

  it("have no predicted speedup, for node-llama-cpp does not draft as specdec does", async () => {
    const times = {
      target: [1, 2, 3, 4, 5].map((tokens) => ({ tokens, ms: 8 + 2 * tokens })),
      draft: { batches: [{ tokens: 1, ms: 1 }], stepMs: 1, readMs: 0 },
      repetitions: 1,
    };
    const { report } = await bench({}, {}, { times });
    expect(report.cells.map(({ predicted }) => typeof predicted)).toEqual([
      ...["object", "number", "object", "object", "object"],
    ]);
  });

  it("say where node-llama-cpp writes another text, without calling it a bug of specdec", async () => {
    const { report } = await bench({ target: "fake:seed=2,end=-1000,step=10" });
    const { summary, warnings } = cellOf(report, "nlc-evaluate-t0");
    expect(summary?.sameAsPlain).toMatchObject({ equal: 0, compared: 2 });
    expect(warnings.map(({ code }) => code)).toEqual(["baseline-differs"]);
    expect(warnings[0]?.hint).not.toContain("report it");
  });

  it("are no reason to end a bench otherwise: a stop keeps what is whole", async () => {
    const controller = new AbortController();
    let runs = 0;
    const onRun = () => {
      if (++runs === 5) controller.abort();
    };
    const { report, baselines } = await bench({ onRun }, {}, { signal: controller.signal });
    expect(report.finished).toBe(false);
    expect(baselines.requests).toHaveLength(5);
    const kept = report.cells.filter(isBaseline).flatMap(({ samples }) => samples);
    expect(kept).toHaveLength(4);
  });

  it("need somebody who runs them", async () => {
    await expect(bench({}, {}, { baselines: undefined })).rejects.toThrow(/nothing runs the cell/);
  });

  it("do not run where they are not asked for", async () => {
    const { baselines, report } = await bench({}, { baselineRows: false });
    expect(baselines.requests).toEqual([]);
    expect(report.cells.some(isBaseline)).toBe(false);
  });
});

describe("the gate", () => {
  const slower = (report: BenchReport) => slowed(report, (cell) => (isBaseline(cell) ? 5 : 1));
  const without = (report: BenchReport): BenchReport => ({
    ...report,
    cells: report.cells.filter((cell) => !isBaseline(cell)),
  });

  it("does not hold rows of node-llama-cpp against a baseline, and does not miss them", async () => {
    const { report } = await bench();
    const nothing = { findings: [], warnings: [] };
    expect(checkAgainst(report, slower(report), 0.05)).toEqual(nothing);
    expect(checkAgainst(without(report), report, 0.05)).toEqual(nothing);
    expect(checkAgainst(report, without(report), 0.05)).toEqual(nothing);
  });

  it("leaves that to a comparison, which has them", async () => {
    const { report } = await bench();
    const { cells } = compareReports(report, slower(report));
    const evaluate = cells.find(({ after }) => after.id === "nlc-evaluate-t0");
    expect(evaluate?.speedup?.estimate).toBeCloseTo(0.2, 9);
  });
});
