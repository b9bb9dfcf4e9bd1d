import type { EngineInfo } from "../../engine/port.ts";
import { planBench } from "../plan.ts";
import type { BenchSettings, Cell } from "../report.ts";

/** Tree sizes beside the draft length where none are given. */
const furtherTreeSizes = [4, 8, 16];

/**
 * The settings that are replayed: every combination of the axes that drafts. Lookup is replayed as
 * chains only; an engine without trees drafts chains where no tree was asked for.
 *
 * @param settings at temperature 0, lengths as numbers
 * @throws UserError as `planCells` does
 */
export function tuneCells(settings: BenchSettings, engine?: EngineInfo): Cell[] {
  const chains = engine?.trees === false && settings.treeSizes === null;
  const planned = planBench(chains ? { ...settings, treeSizes: [0] } : settings).cells;
  const longest = furtherTreeSizes.at(-1) as number;
  const fits = settings.draftLengths.some((length) => length !== "auto" && length <= longest);
  const further =
    settings.treeSizes === null && fits && !chains
      ? planBench({ ...settings, treeSizes: furtherTreeSizes }).cells
      : [];
  const cells = new Map([...planned, ...further].map((cell) => [cell.id, cell]));
  return [...cells.values()].filter(
    ({ method, drafter, treeSize }) =>
      method === "speculative" && (treeSize === 0 || drafter === "draft"),
  );
}
