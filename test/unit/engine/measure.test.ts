import { expect, test } from "vitest";
import { fakeModel } from "../../../src/engine/fake/model.ts";
import { FakeSequence } from "../../../src/engine/fake/sequence.ts";
import { defaultFakeModel } from "../../../src/engine/fake/spec.ts";
import { measureCosts } from "../../../src/engine/measure.ts";

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

test("times every batch size and a draft step", async () => {
  const costs = await measureCosts(subjects(), { maxBatch: 4, repetitions: 3, contextTokens: 8 });
  expect(costs).toEqual({
    targetMs: [10, 14, 18, 22],
    draftStepMs: 3,
    draftTokenMs: 18 / 16,
    repetitions: 3,
  });
});

test("measures plain decoding where there is no draft", async () => {
  const { draft: _, ...alone } = subjects();
  const costs = await measureCosts(alone, { maxBatch: 1, repetitions: 1, contextTokens: 0 });
  expect(costs).toEqual({ targetMs: [10], repetitions: 1 });
});

test("leaves the caches empty", async () => {
  const pair = subjects();
  await pair.target.evaluate({ tokens: [2, 3], outputs: "none", need: "greedy" });
  await measureCosts(pair, { maxBatch: 2, repetitions: 1, contextTokens: 20 });
  expect(pair.target.tokens).toEqual([]);
  expect(pair.draft.tokens).toEqual([]);
});

test("refuses what does not fit, and says what does", async () => {
  const measured = measureCosts(subjects(), { maxBatch: 9, repetitions: 1, contextTokens: 60 });
  await expect(measured).rejects.toMatchObject({
    code: "batch-too-large",
    message: expect.stringContaining("at most 4"),
  });
});
