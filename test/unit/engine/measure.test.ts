import { describe, expect, test } from "vitest";
import { fakeModel } from "../../../src/engine/fake/model.ts";
import { FakeSequence } from "../../../src/engine/fake/sequence.ts";
import { defaultFakeModel } from "../../../src/engine/fake/spec.ts";
import { measureCosts, timeBatches } from "../../../src/engine/measure.ts";
import { run } from "../../support/collect.ts";
import { fakeHeadsPair } from "../../support/fake-heads.ts";

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

describe.each(["parallel", "chained"] as const)("%s heads", (kind) => {
  const open = (count: number) => {
    let now = 0;
    const wait = (ms: number) => {
      now += ms;
    };
    const target = { ...defaultFakeModel, stepMs: 2, tokenMs: 0.5 };
    const pair = fakeHeadsPair({ target, kind, count, capacity: 64, wait });
    const subjects = { target: pair.target, heads: [pair.heads], token: 5, clock: () => now };
    return { ...pair, subjects };
  };

  test("are timed too, a row and what each further one costs", async () => {
    const { subjects } = open(4);
    const costs = await measureCosts(subjects, { maxBatch: 1, repetitions: 2, contextTokens: 0 });
    expect(costs.heads).toEqual([{ stepMs: 2, tokenMs: 0.5 }]);
  });

  test("keep what they hold", async () => {
    const { subjects, sequence, target, drafter, text } = open(1);
    await run({ target, drafter, text, prompt: [1, 3], draftLength: 1, maxTokens: 6 });
    const held = [...sequence.tokens];
    expect(held.length > 0).toBe(kind === "chained");
    const costs = await timeBatches(subjects, { maxBatch: 1, repetitions: 1 });
    expect(sequence.tokens).toEqual(held);
    expect(costs.heads?.[0]?.stepMs).toBe(2);
    // One head alone has no further row.
    expect(costs.heads?.[0]?.tokenMs).toBe(kind === "chained" ? 0.5 : 0);
  });
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
