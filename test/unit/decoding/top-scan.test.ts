import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createDistribution } from "../../../src/decoding/distribution.ts";
import { seededRandom } from "../../../src/decoding/random.ts";
import { selectTop } from "../../../src/decoding/select-top.ts";
import { topWithConfidence } from "../../../src/decoding/top-scan.ts";

function softmax(logits: Float32Array, token: number): number {
  const own = logits[token] as number;
  return 1 / logits.reduce((sum, logit) => sum + Math.exp(logit - own), 0);
}

function scan(logits: Float32Array, k: number) {
  const out = createDistribution();
  const confidence = topWithConfidence(logits, k, out);
  return { confidence, ids: [...out.ids.subarray(0, k)], values: [...out.probs.subarray(0, k)] };
}

/** A bell of logits, and `peaks` tokens that stand out of it. */
function bell(size: number, deviation: number, peaks: readonly number[]): Float32Array {
  const random = seededRandom(5);
  const logits = Float32Array.from({ length: size }, () => {
    const [u, v] = [1 - random(), random()];
    return deviation * Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * v);
  });
  for (const peak of peaks) logits[Math.floor(random() * size)] = peak;
  return logits;
}

describe("the tokens are selectTop's", () => {
  test("for any logits, ties and all", () => {
    const logit = fc.oneof(
      fc.integer({ min: -30, max: 30 }),
      fc.constantFrom(Number.NEGATIVE_INFINITY, Number.NaN),
    );
    const rows = fc.array(logit, { minLength: 1, maxLength: 5000, size: "max" });
    const property = fc.property(rows, fc.integer({ min: 1, max: 12 }), (values, wanted) => {
      const logits = Float32Array.from(values);
      fc.pre(logits.some((value) => value > Number.NEGATIVE_INFINITY));
      const k = Math.min(wanted, logits.length);
      const expected = createDistribution();
      selectTop(logits, k, expected);
      fc.pre(!expected.probs.subarray(0, k).some(Number.isNaN));
      expect(scan(logits, k)).toMatchObject({
        ids: [...expected.ids.subarray(0, k)],
        values: [...expected.probs.subarray(0, k)],
      });
    });
    fc.assert(property, { numRuns: 300 });
  });

  test.each([1, 3, 8, 40])("for a large vocabulary, k %i", (k) => {
    const logits = bell(151_936, 2.5, [20, 19, 17, 14]);
    const expected = createDistribution();
    selectTop(logits, k, expected);
    expect(scan(logits, k).ids).toEqual([...expected.ids.subarray(0, k)]);
  });
});

describe("the confidence is the softmax probability of the first", () => {
  test("exactly in a small vocabulary", () => {
    const logits = Float32Array.of(Math.log(1), Math.log(6), Math.log(3));
    expect(scan(logits, 1)).toMatchObject({ ids: [1] });
    expect(scan(logits, 1).confidence).toBeCloseTo(0.6, 6);
    expect(scan(Float32Array.of(1000, 1000), 1).confidence).toBe(0.5);
    const bells = bell(8_000, 3, [12]);
    expect(scan(bells, 2).confidence / softmax(bells, scan(bells, 1).ids[0] as number)).toBeCloseTo(
      1,
      4,
    );
  });

  test.each([
    ["sure", 2.5, [25, 20], 0.001],
    ["half sure", 2.5, [20, 19.5, 18], 0.005],
    ["lost in a heavy tail", 3, [13], 0.02],
  ] as const)("nearly in a large one, of a model that is %s", (_, deviation, peaks, error) => {
    const logits = bell(151_936, deviation, peaks);
    const { confidence, ids } = scan(logits, 1);
    expect(Math.abs(confidence / softmax(logits, ids[0] as number) - 1)).toBeLessThan(error);
  });

  test("is not to be had from no numbers", () => {
    expect(() => scan(new Float32Array(9).fill(Number.NaN), 1)).toThrow("no numbers");
    expect(() => scan(new Float32Array(9).fill(Number.NEGATIVE_INFINITY), 1)).toThrow("no numbers");
    expect(() => scan(Float32Array.of(1, Number.POSITIVE_INFINITY, 2), 1)).toThrow("no numbers");
  });
});
