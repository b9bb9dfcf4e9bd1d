import { describe, expect, test } from "vitest";
import {
  type LiveEvent,
  type LiveState,
  reduceLive,
  startLive,
} from "../../../src/bench/live/state.ts";
import { viewOf } from "../../../src/bench/live/view-of.ts";
import { planBench } from "../../../src/bench/plan.ts";
import type { Cell } from "../../../src/bench/report.ts";
import { runBench } from "../../../src/bench/runner.ts";
import { record } from "./support/records.ts";
import { benchSettings, created, environment } from "./support/settings.ts";
import { perfectDraft, virtualPair } from "./support/virtual-pair.ts";

const { cells } = planBench(benchSettings());
const [plain, draft] = cells as [Cell, Cell];
const words = { nameOf: ({ id }: Cell) => `<${id}>`, hint: "q stops" };

function runStart(cell: Cell, done: number, more: Partial<LiveEvent> = {}): LiveEvent {
  const run = { cell, prompt: "one", repetition: 0, warmUp: false };
  return { type: "run-start", ...run, done, total: 8, etaMs: 900, ...more } as LiveEvent;
}

function runDone(cell: Cell, done: number, changes: Parameters<typeof record>[0] = {}): LiveEvent {
  const run = { cell, prompt: "one", repetition: 0, warmUp: false };
  const { sample } = record(changes);
  return { type: "run-done", ...run, sample, done, total: 8, etaMs: 800 };
}

/** The state after events, 100 ms apart. */
function stateAfter(events: readonly LiveEvent[], from: readonly Cell[] = cells): LiveState {
  return events.reduce(
    (state, event, i) => reduceLive(state, event, 1000 + (i + 1) * 100),
    startLive(from, 1000),
  );
}

describe("a running bench", () => {
  test("begins with all its cells and no figures", () => {
    expect(viewOf(startLive(cells, 1000), words)).toEqual({
      activity: "starting",
      counts: undefined,
      elapsedMs: 0,
      leftMs: undefined,
      run: undefined,
      rows: [plain, draft].map(({ id }) => ({
        name: `<${id}>`,
        inHand: false,
        runs: 0,
        tokensPerSecond: undefined,
        speedup: undefined,
        acceptanceRate: undefined,
        meanAcceptanceLength: undefined,
      })),
      hint: "q stops",
    });
  });

  test("has a run in hand from its begin to its end", () => {
    const begun = stateAfter([{ type: "step", text: "timing batches" }, runStart(draft, 2)]);
    const view = viewOf(begun, words);
    expect(view).toMatchObject({
      activity: "measuring",
      counts: { done: 2, total: 8 },
      elapsedMs: 200,
      leftMs: 900,
      run: { setting: `<${draft.id}>`, prompt: "one", repetition: 1 },
    });
    expect(view.rows.map(({ inHand }) => inHand)).toEqual([false, true]);
    const ended = viewOf(reduceLive(begun, runDone(draft, 3), 1500), words);
    expect(ended).toMatchObject({ run: undefined, elapsedMs: 500, counts: { done: 3, total: 8 } });
    expect(ended.rows.map(({ inHand }) => inHand)).toEqual([false, false]);
  });

  test("adds up what finished runs of a cell came to", () => {
    const view = viewOf(
      stateAfter([
        runDone(draft, 1, { decodeMs: 100, drafted: 8, accepted: 6, passes: 4 }),
        runDone(draft, 2, { decodeMs: 200, drafted: 12, accepted: 9, passes: 4 }),
        runDone(draft, 3, { decodeMs: 50, drafted: 0, accepted: 0, passes: 2 }),
      ]),
      words,
    );
    expect(view.rows[1]).toMatchObject({
      runs: 3,
      // The median of 100, 50 and 200: ten tokens after the first each.
      tokensPerSecond: 100,
      acceptanceRate: 15 / 20,
      meanAcceptanceLength: 30 / 10,
    });
    expect(view.rows[0]).toMatchObject({ runs: 0, tokensPerSecond: undefined });
  });

  test("counts no warm-up among the runs of a cell", () => {
    const warmUp = { warmUp: true };
    const begun = stateAfter([runStart(draft, 0, warmUp)]);
    expect(viewOf(begun, words)).toMatchObject({
      activity: "warming up",
      run: { repetition: undefined },
    });
    const ended = reduceLive(begun, { ...runDone(draft, 1), ...warmUp } as LiveEvent, 1200);
    expect(viewOf(ended, words)).toMatchObject({
      counts: { done: 1, total: 8 },
      rows: [{ runs: 0 }, { runs: 0, tokensPerSecond: undefined }],
    });
  });

  test("has no speed of a run that decoded nothing", () => {
    const view = viewOf(
      stateAfter([runDone(plain, 1, { tokens: 1, decodeMs: 0, passes: 0 })]),
      words,
    );
    expect(view.rows[0]).toMatchObject({ runs: 1, tokensPerSecond: undefined });
  });

  test("adds cells that were not known before, as those that a tuning measures", () => {
    const view = viewOf(
      stateAfter([runStart(draft, 0), runDone(draft, 1), runStart(plain, 1)], []),
      words,
    );
    expect(view.rows.map(({ name, runs }) => [name, runs])).toEqual([
      [`<${draft.id}>`, 1],
      [`<${plain.id}>`, 0],
    ]);
  });

  test("tells of the check of the distribution how far that is", () => {
    const view = viewOf(
      stateAfter([runDone(plain, 8), { type: "checking", done: 3, total: 500, etaMs: 7000 }]),
      words,
    );
    expect(view).toMatchObject({
      activity: "checking the distribution",
      counts: { done: 3, total: 500 },
      leftMs: 7000,
      run: undefined,
    });
  });
});

test("what a bench tells comes to the figures of its report", async () => {
  const pair = await virtualPair({ draft: perfectDraft });
  let state = startLive(cells, 0);
  const see = (event: LiveEvent): void => {
    state = reduceLive(state, event, pair.clock());
  };
  const report = await runBench(pair, planBench(benchSettings({ warmup: 1 })), {
    environment,
    created,
    clock: pair.clock,
    onProgress: see,
    onReport: (soFar) => see({ type: "report", report: soFar }),
  });
  const view = viewOf(state, words);
  expect(view.rows).toEqual(
    report.cells.map(({ id, samples, summary }) => ({
      name: `<${id}>`,
      inHand: false,
      runs: samples.length,
      tokensPerSecond: summary?.tokensPerSecond?.rate,
      speedup: summary?.speedup ? { ...summary.speedup, verdict: summary.verdict } : undefined,
      acceptanceRate: summary?.draftAcceptanceRate ?? undefined,
      meanAcceptanceLength: summary?.meanAcceptanceLength,
    })),
  );
  expect(view.rows[1]?.speedup?.verdict).toBe("faster");
  expect(view).toMatchObject({ counts: { done: 10, total: 10 }, leftMs: 0 });
});
