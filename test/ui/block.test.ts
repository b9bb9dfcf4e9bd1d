import fc from "fast-check";
import { expect, test } from "vitest";
import { allotRows, stackBlocks } from "../../src/ui/block.ts";
import { row, textOf } from "../../src/ui/row.ts";

test("each gets its least by priority, and then what it wants", () => {
  const blocks = [
    { want: 20, least: 3, priority: 2 },
    { want: 5, least: 1, priority: 0 },
    { want: 1, least: 1, priority: 1 },
  ];
  expect(allotRows(blocks, 30)).toEqual([20, 5, 1]);
  expect(allotRows(blocks, 10)).toEqual([4, 5, 1]);
  expect(allotRows(blocks, 4)).toEqual([2, 1, 1]);
  expect(allotRows(blocks, 1)).toEqual([0, 1, 0]);
  expect(allotRows(blocks, 0)).toEqual([0, 0, 0]);
});

test("nothing gets more than it wants, and all together no more than there is", () => {
  const block = fc.record({ want: fc.nat(30), least: fc.nat(5), priority: fc.nat(6) });
  fc.assert(
    fc.property(fc.array(block), fc.nat(50), (blocks, budget) => {
      const heights = allotRows(blocks, budget);
      const wanted = blocks.reduce((sum, { want }) => sum + want, 0);
      expect(heights.reduce((sum, height) => sum + height, 0)).toBe(Math.min(budget, wanted));
      for (const [i, height] of heights.entries()) {
        expect(height).toBeLessThanOrEqual(blocks[i]?.want ?? 0);
      }
    }),
  );
});

test("a block that draws too much is cut", () => {
  const draw = () => [row("a"), row("b"), row("c")];
  const rows = stackBlocks([{ want: 3, least: 1, priority: 0, draw }], 2);
  expect(rows.map(textOf)).toEqual(["a", "b"]);
});
