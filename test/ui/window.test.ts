import fc from "fast-check";
import { expect, test } from "vitest";
import { row, textOf } from "../../src/ui/row.ts";
import { firstRows, lastRows, windowAround, windowRows } from "../../src/ui/window.ts";

function shown(cursor: number, total: number, height: number): string[] {
  return windowRows(windowAround(cursor, total, height), (index) => row(`${index}`)).map(textOf);
}

test("a window says how much is hidden", () => {
  expect(shown(0, 3, 3)).toEqual(["0", "1", "2"]);
  expect(shown(0, 40, 4)).toEqual(["0", "1", "2", "… 37 more lines"]);
  expect(shown(39, 40, 4)).toEqual(["… 37 more lines", "37", "38", "39"]);
  expect(shown(20, 40, 5)).toEqual(["… 19 more lines", "19", "20", "21", "… 18 more lines"]);
  expect(shown(20, 40, 2)).toEqual(["… 20 more lines", "20"]);
  expect(shown(20, 40, 1)).toEqual(["20"]);
  expect(shown(0, 2, 1)).toEqual(["0"]);
});

test("a window holds the cursor, fills its height and counts right", () => {
  const sizes = fc.record({
    total: fc.integer({ min: 1, max: 300 }),
    height: fc.integer({ min: 1, max: 40 }),
    at: fc.double({ min: 0, max: 0.999, noNaN: true }),
  });
  fc.assert(
    fc.property(sizes, ({ total, height, at }) => {
      const cursor = Math.floor(at * total);
      const { from, to, above, below } = windowAround(cursor, total, height);
      expect(cursor).toBeGreaterThanOrEqual(from);
      expect(cursor).toBeLessThan(to);
      const marks = (above > 0 ? 1 : 0) + (below > 0 ? 1 : 0);
      expect(to - from + marks).toBe(Math.min(total, height));
      if (above > 0) expect(above).toBe(from);
      if (below > 0) expect(below).toBe(total - to);
      if (height > 2) expect(above + below + to - from).toBe(total);
    }),
  );
});

test("the first and the last rows have a mark where there is room for it", () => {
  const rows = ["a", "b", "c", "d"].map((text) => row(text));
  expect(lastRows(rows, 4).map(textOf)).toEqual(["a", "b", "c", "d"]);
  expect(lastRows(rows, 3).map(textOf)).toEqual(["… 2 more lines", "c", "d"]);
  expect(lastRows(rows, 2).map(textOf)).toEqual(["c", "d"]);
  expect(firstRows(rows, 3).map(textOf)).toEqual(["a", "b", "… 2 more lines"]);
  expect(firstRows(rows, 1).map(textOf)).toEqual(["a"]);
  expect(firstRows(rows, 0).map(textOf)).toEqual([]);
});
