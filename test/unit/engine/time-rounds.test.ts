import { describe, expect, test } from "vitest";
import { fakeModel } from "../../../src/engine/fake/model.ts";
import { FakeSequence } from "../../../src/engine/fake/sequence.ts";
import { defaultFakeModel } from "../../../src/engine/fake/spec.ts";
import { timeRounds, timeRoundsBehind } from "../../../src/engine/time-rounds.ts";

/** Sequences whose time is a clock that their batches move on. */
function subjects() {
  let now = 0;
  const open = (stepMs: number, tokenMs: number) =>
    new FakeSequence({
      reader: fakeModel(defaultFakeModel),
      costs: { stepMs, tokenMs },
      hiddenStates: false,
      capacity: 64,
      maxBranches: 64,
      wait: (ms) => {
        now += ms;
      },
    });
  return { target: open(10, 4), draft: open(3, 1), token: 5, clock: () => now };
}

const request = {
  targetBatches: [1, 2, 3, 5, 9],
  draftBatches: [1, 2],
  repetitions: 3,
  budgetMs: Number.POSITIVE_INFINITY,
  contextTokens: 8,
};

test("times target batches, and first batches and steps of the draft", async () => {
  expect(await timeRounds(subjects(), request)).toEqual({
    target: [
      { tokens: 1, ms: 10 },
      { tokens: 2, ms: 14 },
      { tokens: 3, ms: 18 },
      { tokens: 5, ms: 26 },
      { tokens: 9, ms: 42 },
    ],
    draft: {
      batches: [
        { tokens: 1, ms: 3 },
        { tokens: 2, ms: 4 },
      ],
      stepMs: 3,
      readMs: 0,
    },
    repetitions: 3,
  });
});

describe("says how far two halves of the repetitions agree", () => {
  const timed = async (slower: (now: number) => boolean, repetitions = 8) => {
    let now = 0;
    const costs = { stepMs: 10, tokenMs: 4 };
    const reader = fakeModel(defaultFakeModel);
    const target = new FakeSequence({
      ...{ reader, costs, hiddenStates: false, capacity: 64, maxBranches: 64 },
      wait: (ms) => (now += slower(now) ? 4 * ms : ms),
    });
    const all = { ...request, targetBatches: [1, 2], repetitions };
    return timeRounds({ target, token: 5, clock: () => now }, all);
  };

  test("fully on a steady machine", async () => {
    expect((await timed(() => false)).disagreement).toBe(1);
  });

  test("not where a machine gets slower half-way", async () => {
    const { disagreement } = await timed((now) => now > 400);
    expect(disagreement).toBeGreaterThan(3.5);
  });

  test("not at all with few repetitions", async () => {
    expect((await timed(() => false, 5)).disagreement).toBeUndefined();
  });
});

test("behind a text, leaves what the caches hold", async () => {
  const pair = subjects();
  for (const sequence of [pair.target, pair.draft]) {
    await sequence.evaluate({ tokens: [2, 3, 4], outputs: "none", need: "greedy" });
  }
  const times = await timeRoundsBehind(pair, request);
  expect(times.target[0]).toEqual({ tokens: 1, ms: 10 });
  expect([pair.target.tokens, pair.draft.tokens]).toEqual([
    [2, 3, 4],
    [2, 3, 4],
  ]);
});

test("times all sizes of the draft, also where they are more than the target's", async () => {
  const times = await timeRounds(subjects(), { ...request, draftBatches: [1, 2, 3, 4, 6, 8, 12] });
  expect(times.draft?.batches.map(({ tokens }) => tokens)).toEqual([1, 2, 3, 4, 6, 8, 12]);
});

test("times the target alone where there is no draft", async () => {
  const { draft: _, ...alone } = subjects();
  const times = await timeRounds(alone, { ...request, targetBatches: [1, 2] });
  expect(times).toEqual({
    target: [
      { tokens: 1, ms: 10 },
      { tokens: 2, ms: 14 },
    ],
    repetitions: 3,
  });
});

test("begins no repetition when its time is over, but makes one", async () => {
  const times = await timeRounds(subjects(), { ...request, repetitions: 100, budgetMs: 1 });
  expect(times.repetitions).toBe(1);
});

test("leaves the caches empty", async () => {
  const pair = subjects();
  await timeRounds(pair, request);
  expect([pair.target.tokens, pair.draft.tokens]).toEqual([[], []]);
});

test("refuses what does not fit, and says what does", async () => {
  await expect(timeRounds(subjects(), { ...request, contextTokens: 60 })).rejects.toMatchObject({
    code: "batch-too-large",
    message: expect.stringContaining("at most 4"),
  });
});

test("ends within a round of an abort, with its reason, and leaves the caches as they come out", async () => {
  const pair = subjects();
  const abort = new AbortController();
  const clock = (): number => {
    if (pair.clock() > 200) abort.abort(new Error("enough"));
    return pair.clock();
  };
  const long = { ...request, repetitions: 1_000_000 };
  await expect(timeRounds({ ...pair, clock }, long, abort.signal)).rejects.toThrow("enough");
  expect(pair.clock()).toBeLessThan(300);
});
