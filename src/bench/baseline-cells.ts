import { draftersOf } from "../drafter-choice.ts";
import type { BaselineMethod } from "../engine/baseline.ts";
import type { SweepAxes } from "./combinations.ts";
import { plainCell } from "./plain-cell.ts";
import type { BenchWarning, Cell } from "./report.ts";

/** A cell of node-llama-cpp's own decoding. */
export type BaselineCell = Cell & {
  readonly method: "baseline";
  readonly baseline: BaselineMethod;
};

/** Whether a cell is of node-llama-cpp's own decoding, and not of specdec's. */
export function isBaseline(cell: Cell): cell is BaselineCell {
  return cell.method === "baseline" && cell.baseline !== undefined;
}

/**
 * node-llama-cpp's own decoding at a temperature: `evaluate()`, and for each fixed draft length of the
 * sweep its draft predictor, where the sweep has a draft model, and its lookup.
 */
export function baselineCells(axes: SweepAxes, temp: number): BaselineCell[] {
  const hasDraft = axes.drafters.some((choice) => draftersOf(choice).includes("draft"));
  const lengths = fixedLengths(axes);
  return [
    baselineCell("evaluate", 0, temp),
    ...(hasDraft ? lengths.map((length) => baselineCell("draft", length, temp)) : []),
    ...lengths.map((length) => baselineCell("lookup", length, temp)),
  ];
}

/** Says where a sweep has no draft length that node-llama-cpp's predictors could have. */
export function baselineWarnings(axes: SweepAxes): BenchWarning[] {
  if (!axes.baselineRows || !axes.draftLengths.includes("auto")) return [];
  if (fixedLengths(axes).length > 0) return [];
  return [
    {
      code: "baseline-lengths",
      text: "node-llama-cpp's predictors are not measured, for they have a fixed draft length",
      hint: "Give one beside auto, as --draft-len 2,auto.",
    },
  ];
}

function fixedLengths({ drafters, draftLengths }: SweepAxes): number[] {
  if (drafters.every((choice) => choice === "none")) return [];
  return draftLengths.filter((length) => length !== "auto" && length > 0) as number[];
}

const drafterOf = { evaluate: "none", draft: "draft", lookup: "ngram" } as const;

function baselineCell(baseline: BaselineMethod, draftLen: number, temp: number): BaselineCell {
  const length = draftLen === 0 ? [] : [`n${draftLen}`];
  return {
    ...plainCell(temp),
    id: ["nlc", baseline, ...length, `t${temp}`].join("-"),
    method: "baseline",
    baseline,
    drafter: drafterOf[baseline],
    draftLen,
  };
}
