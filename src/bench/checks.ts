import { draftersOf } from "../drafter-choice.ts";
import type { PairInfo } from "../engine/pair.ts";
import { environmentError, usageError } from "../errors.ts";
import type { Cell } from "./report.ts";

/**
 * Checks that the pair can run the cells.
 *
 * @throws UserError where it cannot
 */
export function checkPair(
  { engine, target, draft, heads: files = [] }: PairInfo,
  cells: readonly Cell[],
): void {
  if (cells.every(({ method }) => method !== "speculative")) return;
  if (cells.some(({ treeSize }) => treeSize > 0) && !engine.trees) {
    throw environmentError(
      "no-trees",
      `the engine ${engine.engine} evaluates chains only`,
      "Give --tree-size 0, or --engine libllama.",
    );
  }
  const usesDraft = cells.some(({ drafter }) => draftersOf(drafter).includes("draft"));
  if (usesDraft && draft === undefined) {
    throw usageError(
      "the drafter draft needs a draft model",
      "Name one with --draft, or draft without a model: --drafter ngram.",
    );
  }
  const usesHeads = cells.filter(({ drafter }) => draftersOf(drafter).includes("heads"));
  if (usesHeads.some(({ heads }) => files[heads?.index ?? 0] === undefined)) {
    throw usageError("the drafter heads needs a file of draft heads", "Name one with --heads.");
  }
  const models = [target, ...(usesDraft && draft !== undefined ? [draft] : [])];
  for (const { canRollBack, file, architecture } of models) {
    if (canRollBack) continue;
    throw environmentError(
      "cannot-roll-back",
      `${file} (${architecture}) cannot take rejected tokens back from its recurrent state`,
      "Choose a model with an attention cache, or measure plain decoding with --draft-len 0.",
    );
  }
}
