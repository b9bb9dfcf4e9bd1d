import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isBaseline } from "../../src/bench/baseline-cells.ts";
import { type BenchReport, reportSchema } from "../../src/bench/report.ts";
import type { BaselineRequest } from "../../src/engine/baseline.ts";
import {
  type BaselineSession,
  openBaselines,
} from "../../src/engine/node-llama-cpp/baseline-session.ts";
import { specdec, startSpecdec } from "../support/cli.ts";
import { cpuOptions, embedded } from "../support/models.ts";
import { childrenOf, untilGone } from "../support/processes.ts";
import { waitFor } from "../support/wait-for.ts";

const timeoutMs = 300_000;

describe("bench --baseline-rows with the embedded pair", () => {
  let report: BenchReport;
  let stderr: string;
  beforeAll(async () => {
    const run = await specdec(
      [
        ...["bench", "--target", embedded.target, "--draft", embedded.draft, "--gpu", "off"],
        ...["--baseline-rows", "--threads", "1", "--draft-len", "2", "--max-tokens", "24"],
        ...["--reps", "1", "--warmup", "0", "--no-cost-model", "--out", "none", "--format", "json"],
        ...["--prompts", "def add(a, b):\n", "class Stack:\n    def push(self, item):\n"],
      ],
      { timeoutMs },
    );
    expect(run.code).toBe(0);
    stderr = run.stderr;
    report = reportSchema.parse(JSON.parse(run.stdout));
  });

  test("has a row of each way, finished, in node-llama-cpp's own text", () => {
    expect(report.cells.map(({ id, state }) => `${id} ${state}`)).toEqual([
      ...["plain-t0 done", "draft-n2-k1-t0 done"],
      ...["nlc-evaluate-t0 done", "nlc-draft-n2-t0 done", "nlc-lookup-n2-t0 done"],
    ]);
    for (const { summary } of report.cells.filter(isBaseline)) {
      expect(summary?.sameAsPlain?.compared).toBe(2);
      // A near tie may fall the other way in batches of another size.
      for (const { logitGap } of summary?.sameAsPlain?.differences ?? []) {
        expect(logitGap).toBeLessThan(0.5);
      }
      expect(summary?.speedup?.estimate).toBeGreaterThan(0);
    }
  });

  test("reads the same prompt tokens as specdec", () => {
    const promptTokens = report.cells.map(({ samples }) =>
      Object.fromEntries(samples.map((sample) => [sample.prompt, sample.promptTokens])),
    );
    for (const each of promptTokens) expect(each).toEqual(promptTokens[0]);
  });

  test("counts what adds up to the tokens of the text", () => {
    for (const cell of report.cells.filter(isBaseline)) {
      for (const sample of cell.samples) {
        const { tokens, prefillTokens = 0, passes, accepted, drafted, mismatches } = sample;
        const decoded = tokens - prefillTokens;
        // A pass adds a token of the target's own, but for a last one that the length cut off.
        expect([passes + accepted, passes + accepted - 1]).toContain(decoded);
        expect(accepted + mismatches).toBeLessThanOrEqual(drafted);
        expect(drafted).toBeLessThanOrEqual(cell.draftLen * passes);
      }
    }
    const draft = report.cells.find(({ id }) => id === "nlc-draft-n2-t0");
    expect(draft?.summary?.draftAcceptanceRate).toBeGreaterThan(0);
  });

  test("says that the models are loaded twice", () => {
    expect(stderr).toMatch(
      /^note: --baseline-rows loads the models a second time \(\d.*MB\), .+\n$/,
    );
  });
});

test("Ctrl-C in a bench with baseline rows ends both processes", async () => {
  const run = startSpecdec(
    [
      ...["bench", "--target", embedded.target, "--draft", embedded.draft, "--gpu", "off"],
      ...["--baseline-rows", "--threads", "1", "--no-cost-model", "--reps", "1000"],
    ],
    { timeoutMs, env: { CI: "true" } },
  );
  await run.hostPid();
  await run.untilStderr(/a second time/);
  const hosts = await waitFor("two processes", () => {
    const children = childrenOf(run.pid);
    return children.length === 2 ? children : undefined;
  });
  run.kill("SIGINT");
  expect((await run.result).code).toBe(130);
  for (const host of hosts) await untilGone(host);
});

describe("node-llama-cpp's own decoding", () => {
  const request: BaselineRequest = {
    method: "evaluate",
    draftLength: 0,
    prompt: { type: "text", text: "def add(a, b):\n" },
    sampler: { temperature: 0, topK: 40, topP: 0.95, minP: 0.05 },
    seed: 1,
    maxTokens: 20,
  };
  let session: BaselineSession;
  beforeAll(async () => {
    session = await openBaselines({ ...cpuOptions, ...embedded, contextSize: 128 }, () => true);
  });
  afterAll(() => session.close());

  /** A run that nothing stops. */
  const run = (changes: Partial<BaselineRequest> = {}) =>
    session.run({ ...request, ...changes }, new AbortController().signal);

  test("writes the same text again, and in every way", async () => {
    const ways = [
      { method: "evaluate", draftLength: 0 },
      { method: "draft", draftLength: 3 },
      { method: "lookup", draftLength: 3 },
      { method: "draft", draftLength: 3 },
      { method: "evaluate", draftLength: 0 },
    ] as const;
    const runs = [];
    for (const way of ways) runs.push(await run(way));
    const [first] = runs;
    expect(first).toMatchObject({ reason: "length", text: expect.stringContaining("return") });
    expect(first?.tokenIds).toHaveLength(20);
    for (const each of runs) expect(each?.text).toBe(first?.text);
    expect(runs[3]?.counts).toEqual(runs[1]?.counts);
  });

  test("samples by the seed above temperature 0", async () => {
    const sampler = { ...request.sampler, temperature: 1.5, topK: 0, topP: 1, minP: 0 };
    const textOf = async (seed: number) => (await run({ sampler, seed }))?.text;
    expect(await textOf(7)).toBe(await textOf(7));
    expect(await textOf(7)).not.toBe(await textOf(8));
  });

  test("ends where specdec's context would be full, and shifts nothing out of it", async () => {
    const text = "x = 1\n".repeat(26);
    for (const method of ["evaluate", "draft"] as const) {
      const ended = await run({
        ...{ method, draftLength: method === "draft" ? 4 : 0, maxTokens: 500 },
        prompt: { type: "text", text },
      });
      const { promptTokens = 0, tokenIds = [], reason } = ended ?? {};
      expect(reason).toBe("context");
      expect(promptTokens).toBeGreaterThan(64);
      // The last token is not evaluated.
      expect(promptTokens + tokenIds.length).toBe(129);
    }
  });

  test("stops at a signal and stays usable", async () => {
    expect(await session.run(request, AbortSignal.abort())).toBeUndefined();
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 20);
    await session.run({ ...request, method: "draft", draftLength: 2, maxTokens: 100 }, stop.signal);
    expect((await run())?.tokenIds).toHaveLength(20);
  });

  test("is idle when it is not asked anything", async () => {
    await run({ method: "draft", draftLength: 4 });
    await sleep(100);
    const before = process.cpuUsage();
    await sleep(500);
    const { user, system } = process.cpuUsage(before);
    // Of 500 ms; a drafter that goes on by itself takes all of them.
    expect((user + system) / 1000).toBeLessThan(100);
  });
});
