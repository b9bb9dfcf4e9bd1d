import { expect, test } from "vitest";
import { InvalidLogitsError } from "../../../src/decoding/invalid-logits.ts";
import { argmax, maximum, topTwo } from "../../../src/decoding/logits.ts";

test.each([
  ["the largest", [1, 4, 2], 1, 2],
  ["the lowest id on a tie", [0, 3, 1, 3], 1, 0],
  ["the lowest id when all are alike", [2, 2, 2], 0, 0],
  ["the runner-up before the largest", [3, 1, 5], 2, 2],
  ["the runner-up after the largest", [5, 1, 3], 0, 2],
  ["no NaN", [Number.NaN, 1, Number.NaN, 3], 3, 2],
  ["the only one", [7], 0, Number.POSITIVE_INFINITY],
  ["one beside tokens that never come", [-Infinity, 1], 1, Number.POSITIVE_INFINITY],
])("topTwo takes %s", (_, logits, token, gap) => {
  expect(topTwo(Float32Array.from(logits))).toEqual({ token, gap });
  expect(argmax(Float32Array.from(logits))).toBe(token);
});

test.each([
  ["NaN alone", [Number.NaN, Number.NaN]],
  ["−∞ alone", [Number.NEGATIVE_INFINITY]],
  ["infinity", [1, Number.POSITIVE_INFINITY, 2]],
  ["infinity twice", [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]],
])("topTwo refuses %s", (_, logits) => {
  expect(() => topTwo(Float32Array.from(logits))).toThrow(InvalidLogitsError);
});

test("maximum skips NaN", () => {
  expect(maximum(Float32Array.of(-3, Number.NaN, -1))).toBe(-1);
});
