import { expect, test } from "vitest";
import {
  createDistribution,
  type Distribution,
  normalise,
  pointMass,
  probabilityOf,
  sample,
} from "../../../src/decoding/distribution.ts";

function distribution(entries: readonly (readonly [id: number, p: number])[]): Distribution {
  const out = createDistribution(entries.length + 2);
  // What lies behind `size` must not matter.
  out.ids.fill(1);
  out.probs.fill(0.5);
  entries.forEach(([id, p], i) => {
    out.ids[i] = id;
    out.probs[i] = p;
  });
  out.size = entries.length;
  return out;
}

const three = distribution([
  [7, 0.5],
  [2, 0.25],
  [9, 0.25],
]);

test.each([
  [0, 7],
  [0.49, 7],
  [0.5, 2],
  [0.74, 2],
  [0.75, 9],
  [0.999, 9],
])("the number %d draws token %d", (u, token) => {
  expect(sample(three, () => u)).toBe(token);
});

test("a token without probability is never drawn", () => {
  const gaps = distribution([
    [3, 0],
    [4, 0.5],
    [5, 0],
    [6, 0.5 - 1e-12],
    [8, 0],
  ]);
  expect(sample(gaps, () => 0)).toBe(4);
  expect(sample(gaps, () => 0.5)).toBe(6);
  expect(sample(gaps, () => 1 - 2 ** -53)).toBe(6);
});

test("nothing can be drawn from nothing", () => {
  expect(() => sample(createDistribution(), () => 0)).toThrow(RangeError);
});

test("tokens that are not listed have probability 0", () => {
  expect([7, 2, 9, 1].map((id) => probabilityOf(three, id))).toEqual([0.5, 0.25, 0.25, 0]);
});

test("normalise divides by the sum, and says when there is none", () => {
  const weights = distribution([
    [0, 3],
    [1, 1],
  ]);
  expect(normalise(weights)).toBe(true);
  expect([...weights.probs.subarray(0, 2)]).toEqual([0.75, 0.25]);
  expect(normalise(distribution([[0, 0]]))).toBe(false);
  expect(normalise(distribution([[0, Number.NaN]]))).toBe(false);
});

test("a point mass fits into a distribution without room", () => {
  const out = pointMass(5, createDistribution(0));
  expect([out.size, probabilityOf(out, 5)]).toEqual([1, 1]);
});
