import { describe, expect, test } from "vitest";
import { argmax } from "../../../src/decoding/logits.ts";
import { commonPrefixLength, type PrefillStep, prefill } from "../../../src/decoding/prefill.ts";
import { fakeSequence, fakeSpec, logitsAfter } from "../../support/fake.ts";

const spec = fakeSpec();
const text = Array.from({ length: 60 }, (_, i) => 2 + ((i * i) % 6));
const options = { outputs: "last", need: "greedy", wholeChunks: false } as const;

async function fill(
  sequence: ReturnType<typeof fakeSequence>,
  prompt: readonly number[],
  wholeChunks = false,
) {
  const steps: PrefillStep[] = [];
  const running = prefill(sequence, prompt, { ...options, wholeChunks });
  for (;;) {
    const { done, value } = await running.next();
    if (done === true) return { steps, choice: value.evaluation.topTwo(value.lastIndex).token };
    steps.push(value);
  }
}

describe("prefill", () => {
  test("goes chunk by chunk and ends with the outputs of the last token", async () => {
    const sequence = fakeSequence(spec);
    const { steps, choice } = await fill(sequence, text.slice(0, 40));
    expect(steps).toEqual([16, 32, 40].map((done) => ({ done, total: 40, reused: 0 })));
    expect(sequence.tokens).toEqual(text.slice(0, 40));
    expect(choice).toBe(argmax(logitsAfter(spec, text.slice(0, 40))));
  });

  test.each([
    ["a longer text", 20, 50, 20],
    ["the same text", 40, 40, 39],
    ["a shorter text", 40, 18, 17],
  ])("reuses what is common with %s, but not the last token", async (_, first, second, reused) => {
    const sequence = fakeSequence(spec);
    await fill(sequence, text.slice(0, first));
    const { steps, choice } = await fill(sequence, text.slice(0, second));
    expect(steps.every((step) => step.reused === reused)).toBe(true);
    expect(sequence.tokens).toEqual(text.slice(0, second));
    expect(choice).toBe(argmax(logitsAfter(spec, text.slice(0, second))));
  });

  test("cuts what differs", async () => {
    const sequence = fakeSequence(spec);
    await fill(sequence, text.slice(0, 40));
    const other = [...text.slice(0, 10), 7, ...text.slice(11, 30)];
    const { steps } = await fill(sequence, other);
    expect(steps[0]).toEqual({ done: 16, total: 30, reused: 10 });
    expect(sequence.tokens).toEqual(other);
  });

  test("ends chunks at the same places after a reuse", async () => {
    const sequence = fakeSequence(spec);
    await fill(sequence, text.slice(0, 20));
    const { steps } = await fill(sequence, text.slice(0, 50));
    expect(steps.map(({ done }) => done)).toEqual([32, 48, 50]);
  });

  test("reuses whole chunks only where asked to", async () => {
    const sequence = fakeSequence(spec);
    await fill(sequence, text.slice(0, 40), true);
    const { steps } = await fill(sequence, text.slice(0, 40), true);
    expect(steps).toEqual([{ done: 40, total: 40, reused: 32 }]);
  });

  test("can be left and taken up again", async () => {
    const sequence = fakeSequence(spec);
    const running = prefill(sequence, text, options);
    await running.next();
    await running.return(undefined as never);
    expect(sequence.tokens).toEqual(text.slice(0, 16));
    const { steps } = await fill(sequence, text);
    expect(steps[0]).toEqual({ done: 32, total: 60, reused: 16 });
  });

  test("drops a batch with branches that a round has left open", async () => {
    const sequence = fakeSequence(spec);
    await fill(sequence, text.slice(0, 20));
    sequence.evaluate({
      ...{ tokens: [text[20] as number, 3], parents: [-1, -1] },
      ...{ outputs: "all", need: "greedy" },
    });
    const { steps } = await fill(sequence, text.slice(0, 30));
    expect(steps[0]?.reused).toBe(20);
    expect(sequence.tokens).toEqual(text.slice(0, 30));
  });

  test("begins anew where a recurrent state cannot be cut back", async () => {
    const sequence = fakeSequence(spec, { canRollBack: false });
    await fill(sequence, text.slice(0, 20));
    const again = await fill(sequence, text.slice(0, 40));
    expect(again.steps[0]?.reused).toBe(20);
    const other = await fill(sequence, text.slice(0, 30));
    expect(other.steps[0]?.reused).toBe(0);
    expect(sequence.tokens).toEqual(text.slice(0, 30));
  });

  test("fills a cache to the brim, and refuses more or nothing", async () => {
    const sequence = fakeSequence(spec, { capacity: 20 });
    await fill(sequence, text.slice(0, 20));
    await expect(fill(sequence, text.slice(0, 21))).rejects.toThrow(RangeError);
    await expect(fill(sequence, [])).rejects.toThrow(RangeError);
    expect(sequence.tokens).toEqual(text.slice(0, 20));
  });
});

test.each([
  [[], [1], 0],
  [[1, 2, 3], [1, 2, 3], 3],
  [[1, 2, 3], [1, 2], 2],
  [[1, 2, 3], [1, 9, 3], 1],
])("commonPrefixLength of %j and %j is %d", (a, b, length) => {
  expect(commonPrefixLength(a, b)).toBe(length);
});
