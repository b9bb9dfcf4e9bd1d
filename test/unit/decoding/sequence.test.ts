import { describe, expect, test } from "vitest";
import { checkPath, hiddenOf, outputsFrom } from "../../../src/decoding/sequence.ts";

describe("checkPath", () => {
  const parents = [-1, 0, 0, 1, -1];

  test.each([[[]], [[0]], [[4]], [[0, 2]], [[0, 1, 3]]])("takes %j", (path) => {
    expect(() => checkPath(path, parents)).not.toThrow();
  });

  test.each([[[1]], [[0, 3]], [[0, 0]], [[0, 1, 2]], [[5]], [[-1]], [[0, 4]]])(
    "refuses %j",
    (path) => {
      expect(() => checkPath(path, parents)).toThrow(RangeError);
    },
  );
});

describe("outputsFrom", () => {
  const row = (i: number) => Float32Array.of(i);
  const all = { logits: row, topTwo: (i: number) => ({ token: i, gap: 0 }) };

  test("counts from the given token", () => {
    const from = outputsFrom({ ...all, hidden: (i) => row(i + 100) }, 3);
    expect(from.logits(1)).toEqual(row(4));
    expect(from.topTwo(0).token).toBe(3);
    expect(hiddenOf(from, 2)).toEqual(row(105));
  });

  test("has hidden states only where the evaluation has", () => {
    expect(() => hiddenOf(outputsFrom(all, 0), 0)).toThrow("no hidden states");
  });
});
