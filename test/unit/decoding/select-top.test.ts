import fc from "fast-check";
import { expect, test } from "vitest";
import { createDistribution } from "../../../src/decoding/distribution.ts";
import { selectAtLeast, selectTop } from "../../../src/decoding/select-top.ts";

/** Few different values, so that ties are common. */
const logits = fc
  .array(fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constant(-Infinity)), {
    minLength: 1,
    maxLength: 60,
  })
  .map((values) => Float32Array.from(values));

function entries({ ids, probs, size }: ReturnType<typeof createDistribution>) {
  return Array.from({ length: size }, (_, i) => [ids[i], probs[i]]);
}

test("selectTop is the head of a stable sort", () => {
  const property = fc.property(logits, fc.nat(), fc.nat(9), (given, seed, capacity) => {
    const k = 1 + (seed % given.length);
    const out = createDistribution(capacity);
    selectTop(given, k, out);
    const sorted = [...given.entries()].sort(([a, x], [b, y]) => (x === y ? a - b : y - x));
    expect(entries(out)).toEqual(sorted.slice(0, k));
  });
  fc.assert(property, { numRuns: 1000 });
});

test("selectAtLeast is a filter, ids rising", () => {
  const property = fc.property(logits, fc.integer({ min: -4, max: 4 }), (given, floor) => {
    const out = createDistribution(1);
    selectAtLeast(given, floor, out);
    expect(entries(out)).toEqual([...given.entries()].filter(([, logit]) => logit >= floor));
  });
  fc.assert(property, { numRuns: 500 });
});

test("selects from a large vocabulary", () => {
  const given = Float32Array.from({ length: 150_000 }, (_, i) => (i * 7919) % 150_000);
  const out = createDistribution();
  selectTop(given, 3, out);
  expect(entries(out).map(([, logit]) => logit)).toEqual([149_999, 149_998, 149_997]);
  expect(entries(out).every(([id, logit]) => given[id as number] === logit)).toBe(true);
});
