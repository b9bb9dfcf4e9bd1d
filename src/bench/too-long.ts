import type { Drafting } from "./drafting-effect.ts";

/** What helps where a draft is longer than its tree. */
export const tooLongHint =
  "Raise --tree-size, lower --draft-len, or give --tree-size 0 for a chain.";

/** Says which drafts are longer than their tree; one draft or more. */
export function tooLongText(tooLong: readonly Drafting[]): string {
  const sizes = [...new Set(tooLong.map(({ treeSize }) => treeSize))];
  return sizes.map((size) => `--tree-size ${size} is below ${lengthsOf(tooLong, size)}`).join("; ");
}

function lengthsOf(tooLong: readonly Drafting[], size: number): string {
  const lengths = tooLong.flatMap(({ treeSize, draftLen }) =>
    treeSize === size ? [draftLen] : [],
  );
  return `--draft-len ${[...new Set(lengths)].join(", ")}`;
}
