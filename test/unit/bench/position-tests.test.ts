import { describe, expect, test } from "vitest";
import { testPositions } from "../../../src/bench/position-tests.ts";
import { smoothTest } from "../../../src/bench/smooth-test.ts";
import type { TestedPlace } from "../../../src/decoding/tested-places.ts";
import { checkWith } from "./support/planted-checks.ts";

const middle = () => 0.5;

/** Chosen tokens are spread evenly, so only acceptance can be conspicuous. */
function places(count: number, acceptance: number, accepted: number): TestedPlace[] {
  return Array.from({ length: count }, (_, i) => ({
    drafted: [{ acceptance, accepted: i < accepted }],
    chosen: { below: i / count, own: 1 / count },
  }));
}

describe("testPositions", () => {
  test("compares accepted with expected tokens", () => {
    // Standard deviation 5, so 60 of 50 is two of them.
    const { acceptance, pValue, drafted } = testPositions(places(100, 0.5, 60), middle);
    expect(acceptance).toMatchObject({ tested: 100, accepted: 60, expected: 50 });
    expect(acceptance.pValue).toBeCloseTo(0.0455, 4);
    expect(drafted).toBeUndefined();
    // Of two tests.
    expect(pValue).toBeCloseTo(0.091, 3);
  });

  test("says which factor it would find", () => {
    // 0.5 · 100 · (factor − 1) is 2.475 + 0.842 standard deviations of 5.
    const { acceptance } = testPositions(places(100, 0.5, 50), middle);
    expect(acceptance.detects).toBeCloseTo(1.332, 2);
    expect(testPositions(places(2, 0.5, 1), middle).acceptance.detects).toBeUndefined();
  });

  test("finds nothing where all acceptance is certain, and a rejection there at once", () => {
    expect(testPositions(places(50, 1, 50), middle).acceptance.pValue).toBeCloseTo(1, 6);
    expect(testPositions(places(50, 1, 49), middle).acceptance.pValue).toBe(0);
    const mixed = [...places(1000, 0.5, 500), ...places(1, 0, 1)];
    expect(testPositions(mixed, middle).acceptance.pValue).toBe(0);
  });

  test("takes a token that cannot occur for proof", () => {
    const impossible: TestedPlace = { drafted: [], chosen: { below: 0, own: 0 } };
    const { chosen, pValue } = testPositions([...places(100, 0.5, 50), impossible], middle);
    expect(chosen.pValue).toBe(0);
    expect(pValue).toBe(0);
  });

  test("tests what was drawn", () => {
    const likeliest = places(100, 0.5, 50).map((place) => ({
      ...place,
      drafted: place.drafted.map((token) => ({ ...token, drawn: { below: 0, own: 0.5 } })),
    }));
    expect(testPositions(likeliest, middle).drafted?.pValue).toBeLessThan(1e-6);
    const certain = places(100, 0.5, 50).map((place) => ({
      ...place,
      drafted: place.drafted.map((token) => ({ ...token, drawn: { below: 0, own: 1 } })),
    }));
    expect(testPositions(certain, middle).drafted).toBeUndefined();
  });
});

describe("smoothTest", () => {
  test("sums the squares of four Legendre polynomials", () => {
    expect(smoothTest([1])).toMatchObject({ statistic: expect.closeTo(24, 9), degrees: 4 });
    expect(smoothTest([0.5]).statistic).toBeCloseTo(1.25 + 1.125 ** 2, 9);
    expect(smoothTest([])).toEqual({ statistic: 0, degrees: 4, pValue: 1 });
  });

  test("is calm about even numbers and not about others", () => {
    const even = Array.from({ length: 200 }, (_, i) => (i + 0.5) / 200);
    expect(smoothTest(even).pValue).toBeGreaterThan(0.99);
    expect(smoothTest(even.map((u) => u ** 1.5)).pValue).toBeLessThan(1e-4);
    // Symmetric, so that the first polynomial alone sees nothing.
    expect(smoothTest(even.map((u) => 0.5 + (u - 0.5) * 0.7)).pValue).toBeLessThan(1e-4);
  });
});

describe("the check of 500 texts", () => {
  const chain = { draftLengths: [4] };
  const tree = { draftLengths: [3], topKs: [3], treeSizes: [6] };

  test.each([
    ["chains", chain],
    ["trees", tree],
  ])("passes the exact rule, for %s", async (_, settings) => {
    const { positions } = await checkWith("none", { ...settings, seed: 1 });
    expect(positions?.places).toBeGreaterThan(1000);
    expect(positions?.acceptance.detects).toBeLessThan(1.1);
    expect(positions?.pValue).toBeGreaterThan(0.05);
  });

  test.each([
    ["acceptance ×1.1", chain, "acceptance"],
    ["acceptance ×1.1", tree, "acceptance"],
    ["acceptance ×0.9", chain, "acceptance"],
    ["residual by list index", chain, "chosen"],
    ["q of temperature 1.5", chain, "drafted"],
  ] as const)("finds %s", async (fault, settings, test) => {
    const { positions } = await checkWith(fault, { ...settings, seed: 1 });
    expect(positions?.pValue).toBeLessThan(0.04);
    expect(positions?.[test]?.pValue).toBeLessThan(0.0133);
  });
});
