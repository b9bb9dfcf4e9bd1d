import fc from "fast-check";
import { expect, test } from "vitest";
import { candidatesFromLogits } from "../../../src/decoding/candidate-filter.ts";
import { createDistribution, probabilityOf } from "../../../src/decoding/distribution.ts";
import { samplers } from "../../support/arbitraries.ts";
import { plainSampling } from "../../support/fake.ts";
import { naiveCandidates, naiveDistribution } from "../../support/naive-sampler.ts";

const logits = Float32Array.from([0.2, 0.5, 0.1, 0.2], Math.log);

test.each([
  [1, [0, 1, 0, 0]],
  [2, [2 / 7, 5 / 7, 0, 0]],
  [3, [2 / 9, 5 / 9, 0, 2 / 9]],
  [4, [0.2, 0.5, 0.1, 0.2]],
  [9, [0.2, 0.5, 0.1, 0.2]],
  [0, [0.2, 0.5, 0.1, 0.2]],
])("keeps %d of 4 and renormalises them", (k, expected) => {
  const out = candidatesFromLogits(logits, plainSampling, k, createDistribution());
  expected.forEach((p, id) => {
    expect(probabilityOf(out, id)).toBeCloseTo(p, 6);
  });
});

test("counts behind the sampler's own filters", () => {
  const sampler = { ...plainSampling, topP: 0.6, temperature: 2 };
  const out = candidatesFromLogits(logits, sampler, 3, createDistribution());
  expect(probabilityOf(out, 1)).toBeCloseTo(Math.sqrt(0.5) / (Math.sqrt(0.5) + Math.sqrt(0.2)), 6);
  expect(probabilityOf(out, 3)).toBe(0);
});

test("agrees with the filter written by the book, and sums to 1", () => {
  const values = fc.array(fc.integer({ min: -16, max: 16 }), { minLength: 1, maxLength: 30 });
  const ks = fc.integer({ min: 0, max: 12 });
  const property = fc.property(values, samplers, ks, (given, sampler, k) => {
    const of = Float32Array.from(given, (value) => value / 3);
    const out = candidatesFromLogits(of, sampler, k, createDistribution());
    const expected = naiveCandidates(naiveDistribution(of, sampler), k);
    expected.forEach((p, id) => {
      expect(probabilityOf(out, id), `token ${id}`).toBeCloseTo(p, 9);
    });
    const sum = out.probs.subarray(0, out.size).reduce((a, b) => a + b, 0);
    expect(sum).toBeCloseTo(1, 9);
    if (k > 0) expect(out.size).toBeLessThanOrEqual(k);
  });
  fc.assert(property, { numRuns: 500 });
});
