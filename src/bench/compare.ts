import { usageError } from "../errors.ts";
import {
  differencesBetween,
  promptKey,
  type ReportDifference,
  wordReportDifference,
} from "./differences-between.ts";
import { plainOf } from "./plain-cell.ts";
import { type PromptRuns, pairedRatio, type RatioOf } from "./ratio.ts";
import type { BenchReport, BenchWarning, CellReport, Sample, Speedup } from "./report.ts";
import { pairRuns } from "./run-pairs.ts";

/** A cell that two reports have. */
export interface CellComparison {
  readonly before: CellReport;
  readonly after: CellReport;
  /** Speedup after over speedup before, on the same prompts; null for plain. */
  readonly speedup: Speedup | null;
  /** The same of tokens/s; null across machines, where it says nothing of the cell. */
  readonly rate: Speedup | null;
}

/** Two reports beside each other. */
export interface ReportComparison {
  readonly before: BenchReport;
  readonly after: BenchReport;
  readonly differences: readonly ReportDifference[];
  readonly cells: readonly CellComparison[];
  readonly warnings: readonly BenchWarning[];
}

/**
 * Compares two reports cell by cell, on the prompts that both have.
 *
 * Refused is what would give a number without a meaning: other targets write other texts and have
 * other plain decodings, so nothing is left that a ratio could be held against; and so do other
 * samplers or templates. Everything else may be just what is to be compared, and is named.
 *
 * @throws UserError (usage) where they have other targets, samplers or templates, no prompt or no
 *   cell in common
 */
export function compareReports(before: BenchReport, after: BenchReport): ReportComparison {
  const differences = differencesBetween(before, after);
  refuseOtherTexts(differences);
  const prompts = commonPrompts(before, after);
  const sameMachine = differences.every(({ kind }) => kind !== "speed");
  const cells = after.cells.flatMap((cell): CellComparison[] => {
    const earlier = before.cells.find(({ id }) => id === cell.id);
    if (earlier === undefined) return [];
    const runs = runsOf({ before, after }, { earlier, cell }, prompts);
    const seed = after.plan.seed;
    const ratio = (of: RatioOf) => pairedRatio(runs, of, { seed });
    return [
      {
        before: earlier,
        after: cell,
        speedup: cell.method === "plain" ? null : ratio("speedup"),
        rate: sameMachine ? ratio("rate") : null,
      },
    ];
  });
  if (cells.length === 0) throw noCommonCell(before, after);
  return { before, after, differences, cells, warnings: warningsOf(before, after, differences) };
}

/** What no ratio can be made across. */
const incomparable: ReadonlySet<string> = new Set(["target", "sampler", "chat template"]);

function refuseOtherTexts(differences: readonly ReportDifference[]): void {
  const found = differences.filter(({ what }) => incomparable.has(what));
  if (found.length === 0) return;
  throw usageError(
    `the reports cannot be compared: ${found.map(wordReportDifference).join("; ")}`,
    "They are of different texts. Measure both with the same target, sampler and template.",
  );
}

function commonPrompts(before: BenchReport, after: BenchReport): ReadonlySet<string> {
  const earlier = new Set(before.plan.prompts.map(promptKey));
  const common = after.plan.prompts.filter((prompt) => earlier.has(promptKey(prompt)));
  if (common.length > 0) return new Set(common.map(({ id }) => id));
  throw usageError(
    "the reports cannot be compared: they have no prompt in common",
    "Measure both with the same --prompts.",
  );
}

function runsOf(
  reports: { readonly before: BenchReport; readonly after: BenchReport },
  cells: { readonly earlier: CellReport; readonly cell: CellReport },
  prompts: ReadonlySet<string>,
): PromptRuns[] {
  const before = pairRuns(cells.earlier.samples, plainSamples(reports.before, cells.earlier));
  const after = pairRuns(cells.cell.samples, plainSamples(reports.after, cells.cell));
  return [...prompts].map((prompt) => ({
    before: before.get(prompt) ?? [],
    after: after.get(prompt) ?? [],
  }));
}

function plainSamples({ cells }: BenchReport, { temp }: CellReport): readonly Sample[] {
  return plainOf(cells, temp)?.samples ?? [];
}

function noCommonCell(before: BenchReport, after: BenchReport): Error {
  const ids = ({ cells }: BenchReport) => cells.map(({ id }) => id).join(", ");
  return usageError(
    `the reports have no cell in common: ${ids(before)}; then ${ids(after)}`,
    "Measure both with the same axes: --drafter, --heads, --draft-len, --top-k, --tree-size, --temp.",
  );
}

function warningsOf(
  before: BenchReport,
  after: BenchReport,
  differences: readonly ReportDifference[],
): BenchWarning[] {
  const only = (of: BenchReport, other: BenchReport) =>
    of.cells.map(({ id }) => id).filter((id) => other.cells.every((cell) => cell.id !== id));
  const missing = [
    ["before", only(before, after)],
    ["after", only(after, before)],
  ] as const;
  const unfinished = [before, after].filter(({ finished }) => !finished).length;
  return [
    ...differences.map((difference) => ({
      code: "reports-differ",
      text: wordReportDifference(difference),
      hint: hints[difference.kind],
    })),
    ...missing.flatMap(([where, ids]) =>
      ids.length === 0
        ? []
        : [
            {
              code: "cells-differ",
              text: `only ${where}: ${ids.join(", ")}`,
              hint: "What is in one report only is left out.",
            },
          ],
    ),
    ...(unfinished === 0
      ? []
      : [
          {
            code: "unfinished",
            text: `${unfinished === 2 ? "both reports are" : "one report is"} of a bench that was stopped`,
            hint: "Some prompts may lack runs; those that both have are compared.",
          },
        ]),
  ];
}

const hints: Readonly<Record<ReportDifference["kind"], string>> = {
  target: "Other targets write other texts.",
  draft: "The ratio is of one draft to the other, on the same target.",
  text: "Other tokens are written or drafted; the ratio has that in it.",
  prompts: "Only prompts that both reports have are compared.",
  speed: "The ratio is of one machine or engine to the other; tokens/s are not compared.",
  version: "The ratio has that in it, too.",
  effort: "Both intervals stand; the one of fewer runs is wider.",
};
