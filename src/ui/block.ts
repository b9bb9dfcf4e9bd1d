import type { Row } from "./row.ts";

/** A part of the screen that can do with fewer rows than it would like. */
export interface Block {
  /** The rows that it would fill. */
  readonly want: number;
  /** Fewer than these (or than it wants) are of little use. */
  readonly least: number;
  /** Who is served first: 0 before 1. */
  readonly priority: number;
  /** At most `height` rows. */
  draw(height: number): readonly Row[];
}

/**
 * Blocks one below the other in `budget` rows at most: by priority each gets its least, and then, in
 * the same order, as much of the rest as it wants.
 */
export function stackBlocks(blocks: readonly Block[], budget: number): Row[] {
  const heights = allotRows(blocks, budget);
  return blocks.flatMap((block, index) => {
    const height = heights[index] ?? 0;
    return height === 0 ? [] : block.draw(height).slice(0, height);
  });
}

/** How many rows each block gets; together no more than `budget`. */
export function allotRows(
  blocks: readonly Pick<Block, "want" | "least" | "priority">[],
  budget: number,
): number[] {
  const heights = blocks.map(() => 0);
  const order = blocks.map((_, index) => index).sort((a, b) => priorityOf(a) - priorityOf(b));
  let left = Math.max(0, budget);
  const raiseTo = (index: number, height: number): void => {
    const now = heights[index] ?? 0;
    const more = Math.min(left, Math.max(0, height - now));
    heights[index] = now + more;
    left -= more;
  };
  for (const index of order) {
    const { want = 0, least = 0 } = blocks[index] ?? {};
    raiseTo(index, Math.min(want, least));
  }
  for (const index of order) raiseTo(index, blocks[index]?.want ?? 0);
  return heights;

  function priorityOf(index: number): number {
    return blocks[index]?.priority ?? 0;
  }
}
