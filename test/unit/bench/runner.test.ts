import { describe, expect, it } from "vitest";
import { planBench } from "../../../src/bench/plan.ts";
import type { BenchProgress } from "../../../src/bench/progress.ts";
import { type BenchReport, reportSchema } from "../../../src/bench/report.ts";
import { type BenchHooks, runBench } from "../../../src/bench/runner.ts";
import type { EmittedToken, GenerateEvent } from "../../../src/decoding/events.ts";
import { benchSettings, created, environment } from "./support/settings.ts";
import { perfectDraft, type VirtualPairOptions, virtualPair } from "./support/virtual-pair.ts";

const hooks: BenchHooks = { environment, created };

async function bench(
  changes: Parameters<typeof benchSettings>[0] = {},
  pairOptions: VirtualPairOptions = {},
  more: Partial<BenchHooks> = {},
) {
  const pair = await virtualPair({ draft: perfectDraft, ...pairOptions });
  const plan = planBench(benchSettings(changes));
  const report = await runBench(pair, plan, { ...hooks, clock: pair.clock, ...more });
  return { pair, plan, report };
}

function cellOf(report: BenchReport, id: string) {
  const found = report.cells.find((cell) => cell.id === id);
  if (found === undefined) throw new Error(`no cell ${id}`);
  return found;
}

describe("runBench", () => {
  it("measures what the simulated costs come to", async () => {
    const { report } = await bench();
    // Plain: ten steps of 10 ms. Draft length 4: twice four draft steps of 1 ms and a batch of
    // 10 + 4 · 2 ms, five tokens each.
    const plain = cellOf(report, "plain-t0");
    expect(plain.summary).toEqual({
      tokensPerSecond: { rate: expect.closeTo(100, 9), median: 100, low: 100, high: 100 },
      totals: { tokens: 40, ms: 400 },
      speedup: null,
      draftAcceptanceRate: null,
      alpha: null,
      meanAcceptanceLength: 1,
      positionAcceptance: [],
      conditionalAcceptance: [],
      acceptedLengths: [],
      categories: ["chat", "code"].map((category) => ({
        ...{ category, prompts: 1, speedup: null, alpha: null, meanAcceptanceLength: 1 },
      })),
      shares: { draft: 0, verify: 1, overhead: 0 },
      sameAsPlain: null,
      deviationRate: null,
      adaptive: null,
    });
    const cell = cellOf(report, "draft-n4-k1-t0");
    const rate = 10_000 / 44;
    expect(cell.summary).toMatchObject({
      draftAcceptanceRate: 1,
      alpha: 1,
      meanAcceptanceLength: 5,
      positionAcceptance: [1, 1, 1, 1],
      conditionalAcceptance: [1, 1, 1, 1],
      shares: { draft: 8 / 44, verify: 36 / 44, overhead: 0 },
      sameAsPlain: { equal: 2, compared: 2, differences: [] },
    });
    expect(cell.summary?.tokensPerSecond?.median).toBeCloseTo(rate, 9);
    const { estimate, low, high } = cell.summary?.speedup ?? {};
    for (const value of [estimate, low, high]) expect(value).toBeCloseTo(100 / 44, 9);
    expect(cell.warnings).toEqual([]);
    expect(cell.summary).toMatchObject({
      verdict: "faster",
      // Two passes in each of four runs, all five tokens kept.
      acceptedLengths: [0, 0, 0, 0, 8],
      categories: [
        { category: "chat", prompts: 1, alpha: 1, meanAcceptanceLength: 5 },
        { category: "code", prompts: 1, alpha: 1, meanAcceptanceLength: 5 },
      ],
    });
    expect(cell.summary?.categories?.[1]?.speedup?.estimate).toBeCloseTo(100 / 44, 9);
  });

  it("keeps every sample, with text and counts", async () => {
    const { report } = await bench();
    const { samples } = cellOf(report, "draft-n4-k1-t0");
    expect(samples.map(({ prompt, repetition }) => `${repetition} ${prompt}`)).toEqual([
      "0 one",
      "0 two",
      "1 one",
      "1 two",
    ]);
    expect(samples[0]).toMatchObject({
      category: "chat",
      tokens: 11,
      passes: 2,
      drafted: 8,
      accepted: 8,
      mismatches: 0,
      deviations: 0,
      draftedAt: [2, 2, 2, 2],
      acceptedAt: [2, 2, 2, 2],
      decodeMs: 44,
      draftMs: 8,
      verifyMs: 36,
      overheadMs: 0,
      // <begin>, "U: hello there\n", "A:": two chunks of 16 and 2.
      promptTokens: 18,
      doneReason: "length",
    });
    expect(samples[0]?.tokenIds).toHaveLength(11);
    const plainSamples = cellOf(report, "plain-t0").samples;
    expect(samples.map(({ text }) => text)).toEqual(plainSamples.map(({ text }) => text));
  });

  it("is a report that its schema reads back from JSON unchanged", async () => {
    const { report } = await bench();
    expect(reportSchema.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
    expect(report).toMatchObject({
      schema: "specdec.bench/1",
      created: "2026-01-02T03:04:05.000Z",
      finished: true,
      versions: { specdec: "0.1.0" },
      engine: { engine: "fake" },
      contextSize: 512,
      models: { target: { architecture: "fake" }, draft: { architecture: "fake" } },
      plan: benchSettings(),
    });
    expect(report.cells.map(({ state }) => state)).toEqual(["done", "done"]);
  });

  it("reads a report from before there were trees, lookup and other rules", async () => {
    const { report } = await bench();
    const older = JSON.parse(JSON.stringify(report));
    const { drafters, treeSizes, pMins, accept, typical, ngram, ...plan } = older.plan;
    older.plan = plan;
    for (const cell of older.cells) {
      for (const name of ["adaptive", "accept"]) delete cell[name];
      for (const name of ["adaptive", "deviationRate"]) delete cell.summary[name];
      for (const sample of cell.samples) {
        for (const name of ["deviations", "plannedSizes", "probes"]) delete sample[name];
      }
    }
    expect(reportSchema.parse(older)).toEqual(report);
  });

  it("asks plain and all cells the same for a prompt and repetition", async () => {
    const { pair, plan } = await bench({ draftLengths: [1, 2], temperatures: [0.8] });
    expect(pair.requests).toHaveLength(12);
    const rounds = [0, 3, 6, 9].map((start) => pair.requests.slice(start, start + 3));
    rounds.forEach((round, i) => {
      expect(round.map(({ draftLength }) => draftLength).sort()).toEqual([0, 1, 2]);
      for (const request of round) {
        expect(request).toMatchObject({
          prompt: {
            type: "chat",
            messages: [{ role: "user", content: plan.settings.prompts[i % 2]?.prompt }],
          },
          seed: 1 + i,
          sampler: { temperature: 0.8, topK: 40, topP: 0.95, minP: 0.05 },
          maxTokens: 11,
          wholeChunks: true,
        });
      }
    });
  });

  it.each([
    ["asked for", { raw: true }, {}],
    ["there is no template", {}, { target: "fake:template=0,end=-1000" }],
  ])("skips the chat template where %s", async (_, settings, options) => {
    const { pair, report } = await bench({ draftLengths: [0], ...settings }, options);
    expect(pair.requests[0]?.prompt).toEqual({ type: "text", text: "hello there" });
    expect(report.plan.raw).toBe(true);
  });

  it("asks for what each cell is", async () => {
    const { pair, report } = await bench({
      drafters: ["draft", "ngram", "ngram,draft"],
      draftLengths: [2, "auto"],
      topKs: [3],
      treeSizes: null,
      pMins: [0.2],
      accept: "typical",
      typical: { epsilon: 0.2, delta: 0.5 },
      ngram: { min: 1, max: 3 },
      temperatures: [0.8],
      repetitions: 1,
      prompts: [{ id: "one", category: "chat", prompt: "hello there" }],
    });
    const plain = { draftLength: 0, adaptive: false, drafters: [], topK: 0, treeSize: 0, pMin: 0 };
    const asked = pair.requests.map(
      ({ draftLength, adaptive, drafters, topK, treeSize, pMin }) => ({
        ...{ draftLength, adaptive, drafters, topK, treeSize, pMin },
      }),
    );
    const fixed = { draftLength: 2, adaptive: false, treeSize: 2, pMin: 0.2 };
    const auto = { draftLength: 16, adaptive: true, treeSize: 16, pMin: 0 };
    const expected = [
      plain,
      { ...fixed, drafters: ["draft"], topK: 3 },
      { ...auto, drafters: ["draft"], topK: 3 },
      { ...fixed, drafters: ["ngram"], topK: 2 },
      { ...auto, drafters: ["ngram"], topK: 2 },
      { ...fixed, drafters: ["ngram", "draft"], topK: 3 },
      { ...auto, drafters: ["ngram", "draft"], topK: 3 },
    ];
    expect(asked).toHaveLength(expected.length);
    expect(asked).toEqual(expect.arrayContaining(expected));
    for (const { ngram, typical, draftLength } of pair.requests) {
      expect(ngram).toEqual({ min: 1, max: 3 });
      expect(typical).toEqual(draftLength === 0 ? undefined : { epsilon: 0.2, delta: 0.5 });
    }
    for (const { adaptive, samples } of report.cells) {
      const [sample] = samples;
      const planned = sample?.plannedSizes.reduce((sum, each) => sum + each, 0);
      expect(planned).toBe(adaptive ? sample?.passes : 0);
    }
  });

  it("warms every cell up first, shortly, and does not count it", async () => {
    const { pair, report } = await bench({ warmup: 2, maxTokens: 40, repetitions: 1 });
    const warmUps = pair.requests.slice(0, 4);
    expect(warmUps.map(({ draftLength }) => draftLength)).toEqual([0, 4, 0, 4]);
    expect(warmUps.every(({ maxTokens }) => maxTokens === 16)).toBe(true);
    expect(pair.requests).toHaveLength(8);
    expect(report.cells.map(({ samples }) => samples.length)).toEqual([2, 2]);
  });

  it("tells how far it is and what is left", async () => {
    const seen: BenchProgress[] = [];
    await bench(
      { warmup: 1, repetitions: 1, draftLengths: [0] },
      { target: "fake:end=-1000,step=10" },
      { onProgress: (progress) => seen.push(progress) },
    );
    const told = seen.map((progress) => {
      if (progress.type === "checking") throw new Error("nothing is to be checked");
      const { type, prompt, warmUp, done, total } = progress;
      return { type, prompt, warmUp, done, total };
    });
    expect(told).toEqual([
      { type: "run-start", prompt: "one", warmUp: true, done: 0, total: 3 },
      { type: "run-done", prompt: "one", warmUp: true, done: 1, total: 3 },
      { type: "run-start", prompt: "one", warmUp: false, done: 1, total: 3 },
      { type: "run-done", prompt: "one", warmUp: false, done: 2, total: 3 },
      { type: "run-start", prompt: "two", warmUp: false, done: 2, total: 3 },
      { type: "run-done", prompt: "two", warmUp: false, done: 3, total: 3 },
    ]);
    // 120 ms for the first 11 tokens: two prefill chunks and ten steps. The second time the prompt is
    // in the cache.
    expect(seen.map(({ etaMs }) => etaMs)).toEqual([null, 240, 240, 110, 110, 0]);
  });

  it("reports after each round of all cells", async () => {
    const reports: BenchReport[] = [];
    const { report } = await bench({}, {}, { onReport: (each) => void reports.push(each) });
    const counts = reports.map(({ cells }) => cells.map(({ samples }) => samples.length));
    expect(counts).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
      [4, 4],
    ]);
    expect(reports.map(({ finished }) => finished)).toEqual([false, false, false, true]);
    expect(reports[0]?.cells.map(({ state }) => state)).toEqual(["running", "running"]);
    expect(reports[0]?.cells[1]?.summary?.speedup).toMatchObject({ low: null, high: null });
    expect(reports.at(-1)).toBe(report);
  });

  it("reports less often after hundreds of rounds, and after the last one", async () => {
    const counts: number[] = [];
    const onReport = ({ cells }: BenchReport) => void counts.push(cells[0]?.samples.length ?? 0);
    const plain = { drafters: ["none" as const], draftLengths: [0], maxTokens: 1 };
    const { report } = await bench({ ...plain, repetitions: 151 }, {}, { onReport });
    expect(report.finished).toBe(true);
    expect(counts.slice(0, 200)).toEqual(Array.from({ length: 200 }, (_, i) => i + 1));
    expect(counts.slice(200)).toEqual(Array.from({ length: 51 }, (_, i) => 202 + 2 * i));
  });

  it("passes on the pair's notices and the plan's warnings", async () => {
    const notice = { code: "engine-fallback", text: "another release", hint: "Upgrade." };
    const { report } = await bench({ topKs: [1, 10] }, { info: { notices: [notice] } });
    expect(report.warnings).toMatchObject([notice, { code: "axis-inert" }]);
  });

  it("tells where a text leaves plain's, and by how much plain meant it", async () => {
    // A target that reads token 5 of the speculative text wrongly.
    let position = 0;
    const onEvent = (event: GenerateEvent, { draftLength }: { draftLength: number }) => {
      if (event.type === "first-token") position = 0;
      if (event.type !== "first-token" && event.type !== "round") return event;
      const emitted = event.emitted.map((each): EmittedToken => {
        const wrong = draftLength > 0 && position === 5;
        const gap = position++ / 10;
        return { ...each, gap, ...(wrong && { token: 99 }) };
      });
      return { ...event, emitted };
    };
    const { report } = await bench({ repetitions: 1 }, { onEvent });
    const { summary, warnings } = cellOf(report, "draft-n4-k1-t0");
    expect(summary?.sameAsPlain).toEqual({
      equal: 0,
      compared: 2,
      differences: [
        { prompt: "one", position: 5, logitGap: 0.5 },
        { prompt: "two", position: 5, logitGap: 0.5 },
      ],
    });
    expect(warnings.map(({ code }) => code)).toEqual(["not-lossless"]);
  });
});

describe("an early end", () => {
  /** Stops in the middle of the n-th run. */
  function stopIn(run: number): { options: VirtualPairOptions; signal: AbortSignal } {
    const controller = new AbortController();
    let started = 0;
    const onEvent = (event: GenerateEvent) => {
      if (event.type === "first-token") started++;
      if (event.type === "round" && started === run) controller.abort();
      return event;
    };
    return { options: { onEvent }, signal: controller.signal };
  }

  it("keeps finished runs, throws the run in hand away and starts no other", async () => {
    const { options, signal } = stopIn(4);
    const reports: BenchReport[] = [];
    const { pair, report } = await bench({}, options, {
      signal,
      onReport: (each) => void reports.push(each),
    });
    expect(pair.requests).toHaveLength(4);
    expect(report.finished).toBe(false);
    expect(report.cells.map(({ samples }) => samples.length).sort()).toEqual([1, 2]);
    expect(report.cells.map(({ state }) => state)).toEqual(["running", "running"]);
    expect(reports).toHaveLength(2);
    expect(reports.at(-1)).toBe(report);
  });

  it("finishes the run in hand and keeps it where it is only to stop", async () => {
    const { options, signal } = stopIn(4);
    const reports: BenchReport[] = [];
    const { pair, report } = await bench({}, options, {
      stop: signal,
      onReport: (each) => void reports.push(each),
    });
    expect(pair.requests).toHaveLength(4);
    expect(report.finished).toBe(false);
    expect(report.cells.map(({ samples }) => samples.length)).toEqual([2, 2]);
    expect(reports.at(-1)).toBe(report);
  });

  it("is none where the last run is asked to be the last", async () => {
    const { options, signal } = stopIn(8);
    const { report } = await bench({}, options, { stop: signal });
    expect(report.finished).toBe(true);
  });

  it("leaves the check of the distribution out where it is only to stop", async () => {
    const { options, signal } = stopIn(8);
    const { pair, report } = await bench(
      { checkDistribution: true, temperatures: [0.8] },
      options,
      { stop: signal },
    );
    expect(pair.requests).toHaveLength(8);
    expect(report).toMatchObject({ finished: false });
    expect(report.endedBy).toBeUndefined();
  });

  it("reports nothing when nothing was measured", async () => {
    const { options, signal } = stopIn(1);
    const reports: BenchReport[] = [];
    const onReport = (each: BenchReport) => void reports.push(each);
    const { report } = await bench({ warmup: 1 }, options, { signal, onReport });
    expect(reports).toEqual([]);
    expect(report.cells.map(({ state, summary }) => [state, summary])).toEqual([
      ["planned", null],
      ["planned", null],
    ]);
  });

  it("does nothing when it was stopped before", async () => {
    const { pair } = await bench({}, {}, { signal: AbortSignal.abort() });
    expect(pair.requests).toEqual([]);
  });

  it("takes an error that follows the stop for the stop", async () => {
    const { options, signal } = stopIn(2);
    const onEvent = (
      event: GenerateEvent,
      request: Parameters<NonNullable<typeof options.onEvent>>[1],
    ) => {
      const result = options.onEvent?.(event, request) ?? event;
      if (signal.aborted) throw new Error("stopped");
      return result;
    };
    const { report } = await bench({}, { onEvent }, { signal });
    expect(report.finished).toBe(false);
  });

  it("hands finished runs over before a failure goes on", async () => {
    let started = 0;
    const onEvent = (event: GenerateEvent) => {
      if (event.type === "first-token" && ++started === 4) throw new Error("the host died");
      return event;
    };
    const reports: BenchReport[] = [];
    const onReport = (each: BenchReport) => void reports.push(each);
    await expect(bench({}, { onEvent }, { onReport })).rejects.toThrow("the host died");
    const counts = reports.map(({ cells }) => cells.flatMap(({ samples }) => samples).length);
    expect(counts).toEqual([2, 3]);
  });

  it("does not hand a refused report over again", async () => {
    let calls = 0;
    const onReport = () => {
      calls++;
      throw new Error("disk full");
    };
    await expect(bench({}, {}, { onReport })).rejects.toThrow("disk full");
    expect(calls).toBe(1);
  });
});

describe("checks before the first run", () => {
  it("needs a draft model for the drafter draft", async () => {
    const pair = await virtualPair();
    const plan = planBench(benchSettings());
    await expect(runBench(pair, plan, hooks)).rejects.toMatchObject({
      message: "the drafter draft needs a draft model",
      exitCode: 2,
    });
  });

  it("refuses draft heads that the pair lacks", async () => {
    const pair = await virtualPair();
    const heads = [{ file: "h.gguf", kind: "chained", count: 4 } as const];
    const plan = planBench(benchSettings({ drafters: ["heads"], heads }));
    await expect(runBench(pair, plan, hooks)).rejects.toMatchObject({
      message: "the drafter heads needs a file of draft heads",
      exitCode: 2,
    });
  });

  it("needs no draft model for prompt lookup", async () => {
    const pair = await virtualPair();
    const plan = planBench(benchSettings({ drafters: ["ngram"] }));
    expect((await runBench(pair, plan, hooks)).cells.map(({ id }) => id)).toEqual([
      "plain-t0",
      "ngram-n4-t0",
    ]);
  });

  it("refuses trees on an engine without them", async () => {
    const { info } = await virtualPair();
    const chains = { info: { engine: { ...info.engine, trees: false } } };
    await expect(bench({ topKs: [3], treeSizes: [4] }, chains)).rejects.toMatchObject({
      code: "no-trees",
      message: "the engine fake evaluates chains only",
      hint: "Give --tree-size 0, or --engine libllama.",
    });
    const { report } = await bench({ topKs: [1], treeSizes: [4] }, chains);
    expect(report.finished).toBe(true);
  });

  it("runs plain without a draft model", async () => {
    const pair = await virtualPair();
    const report = await runBench(pair, planBench(benchSettings({ draftLengths: [0] })), hooks);
    expect(report.finished).toBe(true);
  });

  it("refuses models that cannot roll back, but for plain alone", async () => {
    const { info } = await virtualPair();
    const recurrent = { info: { target: { ...info.target, canRollBack: false } } };
    await expect(bench({}, recurrent)).rejects.toMatchObject({
      code: "cannot-roll-back",
      exitCode: 3,
    });
    const { report } = await bench({ draftLengths: [0] }, recurrent);
    expect(report.finished).toBe(true);
  });

  it("holds each prompt to its own limit, warm-up included", async () => {
    const prompts = [
      { id: "own", category: "chat", prompt: "hello", maxTokens: 3 },
      { id: "none", category: "chat", prompt: "hello" },
      { id: "more", category: "chat", prompt: "hello", maxTokens: 20 },
    ];
    const { pair, report } = await bench({ prompts, repetitions: 1, warmup: 1 });
    for (const { samples } of report.cells) {
      expect(samples.map(({ prompt, tokens }) => [prompt, tokens])).toEqual([
        ["own", 3],
        ["none", 11],
        ["more", 20],
      ]);
    }
    expect(pair.requests.slice(0, 2).map(({ maxTokens }) => maxTokens)).toEqual([3, 3]);
  });
});
