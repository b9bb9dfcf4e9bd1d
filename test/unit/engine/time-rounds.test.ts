import { expect, test } from "vitest";
import { fakeModel } from "../../../src/engine/fake/model.ts";
import { FakeSequence } from "../../../src/engine/fake/sequence.ts";
import { defaultFakeModel } from "../../../src/engine/fake/spec.ts";
import { timeRounds } from "../../../src/engine/time-rounds.ts";

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
