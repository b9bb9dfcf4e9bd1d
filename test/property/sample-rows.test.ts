import fc from "fast-check";
import { expect, test } from "vitest";
import { sampleRows } from "../../src/bench/prompts/choose-rows.ts";
import { seededRandom } from "../../src/decoding/random.ts";

interface Row {
  readonly category: string;
  readonly place: number;
}

/** Rows of categories with these counts, mixed. */
const rowsOf = (counts: readonly number[]): Row[] =>
  counts
    .flatMap((count, c) =>
      Array.from({ length: count }, (_, i) => ({ category: `c${c}`, key: i / count })),
    )
    .sort((a, b) => a.key - b.key)
    .map(({ category }, place) => ({ category, place }));

const countsIn = (rows: readonly Row[], categories: number): number[] =>
  Array.from(
    { length: categories },
    (_, c) => rows.filter(({ category }) => category === `c${c}`).length,
  );

const inputs = fc.record({
  counts: fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 12 }),
  size: fc.integer({ min: 1, max: 300 }),
  seed: fc.integer(),
});

test("a sample has its size, in order, none twice, and the same for the same seed", () => {
  fc.assert(
    fc.property(inputs, ({ counts, size, seed }) => {
      const rows = rowsOf(counts);
      const drawn = sampleRows(rows, size, seededRandom(seed));
      const places = drawn.map(({ place }) => place);
      expect(drawn).toHaveLength(Math.min(size, rows.length));
      expect(places).toEqual([...new Set(places)].sort((a, b) => a - b));
      expect(sampleRows(rows, size, seededRandom(seed))).toEqual(drawn);
    }),
  );
});

test("a sample has each category in proportion, at least once where there is room", () => {
  fc.assert(
    fc.property(inputs, ({ counts, size, seed }) => {
      const rows = rowsOf(counts);
      const drawn = countsIn(sampleRows(rows, size, seededRandom(seed)), counts.length);
      const room = size >= counts.length;
      for (const [c, count] of counts.entries()) {
        const got = drawn[c] as number;
        expect(got).toBeLessThanOrEqual(count);
        if (room) expect(got).toBeGreaterThanOrEqual(1);
        if (size >= rows.length) expect(got).toBe(count);
        // Two categories of one size differ by one row at most.
        for (const [d, other] of counts.entries()) {
          if (other === count) expect(Math.abs(got - (drawn[d] as number))).toBeLessThanOrEqual(1);
          if (other > count) expect(drawn[d] as number).toBeGreaterThanOrEqual(got - 1);
        }
      }
    }),
  );
});

test("shares are exact where they are whole", () => {
  const drawn = sampleRows(rowsOf([80, 40, 40, 8]), 21, seededRandom(1));
  expect(countsIn(drawn, 4)).toEqual([10, 5, 5, 1]);
});

test("every row can be drawn, and seeds draw differently", () => {
  const rows = rowsOf([6, 3]);
  const seen = new Set<number>();
  for (let seed = 0; seed < 100; seed++) {
    for (const { place } of sampleRows(rows, 3, seededRandom(seed))) seen.add(place);
  }
  expect(seen.size).toBe(9);
});
