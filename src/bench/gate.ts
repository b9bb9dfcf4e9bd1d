import { usageError } from "../errors.ts";
import { type CellComparison, compareReports } from "./compare.ts";
import { commonRuns } from "./comparison.ts";
import { countFindings } from "./count-findings.ts";
import {
  type DifferenceKind,
  differencesBetween,
  type ReportDifference,
  wordReportDifference,
} from "./differences-between.ts";
import { equalityFindings } from "./equality-findings.ts";
import type { Finding } from "./finding.ts";
import { isBusy } from "./noise.ts";
import type { BenchReport, BenchWarning, CellReport, Speedup } from "./report.ts";

/** What the gate says. */
export interface GateResult {
  /** Worst first; empty where nothing got worse. */
  readonly findings: readonly Finding[];
  readonly warnings: readonly BenchWarning[];
}

/** What makes the counts of two reports incomparable: they must be of the same tokens. */
const incomparable: ReadonlySet<DifferenceKind> = new Set(["target", "draft", "text", "prompts"]);

/**
 * Refuses a baseline that a report's counts cannot be held against.
 *
 * @throws UserError (usage) that names what differs, or that no cell that drafts is in both
 */
export function checkBaseline(baseline: BenchReport, planned: BenchReport, file: string): void {
  const found = differencesBetween(baseline, planned).filter(({ kind }) => incomparable.has(kind));
  if (found.length > 0) {
    throw usageError(
      `${file} is no baseline for this bench: ${found.map(wordReportDifference).join("; ")}`,
      "Give what the baseline was made with, or write another with --update-baseline.",
    );
  }
  const ids = new Set(planned.cells.map(({ id }) => id));
  if (baseline.cells.some(({ id, method }) => method === "speculative" && ids.has(id))) return;
  throw usageError(
    `${file} has no drafting cell of this bench: it has ${baseline.cells.map(({ id }) => id).join(", ")}`,
    "Give the axes that the baseline was made with, or write another with --update-baseline.",
  );
}

/**
 * Holds a report against a baseline of the same plan. Counts do not depend on the machine's mood and
 * are compared tightly; speed only as speedup over plain of the same run, and only where the interval
 * of its ratio to the baseline's lies below what may be lost. Rows of node-llama-cpp's own decoding are
 * left out: what they lose is not this program's.
 *
 * @param maxRegression share of the baseline's speedup that may be lost, for example 0.05
 * @throws UserError as `compareReports` does
 */
export function checkAgainst(
  baseline: BenchReport,
  report: BenchReport,
  maxRegression: number,
): GateResult {
  const { cells: common, differences, warnings } = compareReports(baseline, report);
  const cells = common.filter(({ after }) => isOwn(after));
  const elsewhere = differences.filter(({ kind }) => kind === "speed");
  const busy = [baseline, report].filter(isBusy);
  const isSpeedChecked = elsewhere.length === 0 && busy.length === 0;
  const findings = cells.flatMap((cell) => [
    ...equalityFindings(cell),
    ...countFindings(cell),
    ...(isSpeedChecked ? speedFindings(cell, maxRegression) : []),
  ]);
  return {
    findings: [...findings].sort(worstFirst),
    warnings: [
      ...elsewhereWarnings(elsewhere),
      ...(busy.length > 0 ? [busyWarning] : []),
      ...missingWarnings(baseline, report),
      ...warnings.filter(({ code }) => code === "unfinished"),
      ...unheldWarnings(cells),
      ...(isSpeedChecked ? undecidedWarnings(cells, maxRegression) : []),
    ],
  };
}

const busyWarning: BenchWarning = {
  code: "gate-busy",
  text: "only counts are checked: other programs used the cores that the engine needs",
  hint: "Run the bench again on a quiet machine to check speed too.",
};

/** A wrong text is worse than any loss of speed. */
const rank = { "not-lossless": 0, "text-differs": 1, counts: 2, speed: 2 } as const;

function worstFirst(a: Finding, b: Finding): number {
  return rank[a.code] - rank[b.code] || b.loss - a.loss;
}

function speedFindings({ before, after, speedup }: CellComparison, max: number): Finding[] {
  if (speedup === null || speedup.high === null || speedup.high >= 1 - max) return [];
  const loss = 1 - speedup.estimate;
  const text =
    `speedup ${ratioText(after)}, was ${ratioText(before)}: ${signed(-loss)} ` +
    `[${signed((speedup.low ?? 0) - 1)}, ${signed(speedup.high - 1)}], and -${percent(max)} is allowed`;
  return [{ code: "speed", cell: after, text, loss }];
}

function undecidedWarnings(cells: readonly CellComparison[], max: number): BenchWarning[] {
  const doubtful = cells.filter(({ speedup }) => speedup !== null && isDoubtful(speedup, max));
  if (doubtful.length === 0) return [];
  const names = doubtful.map(
    ({ after, speedup }) => `${after.id} (${signed((speedup?.estimate ?? 1) - 1)})`,
  );
  return [
    {
      code: "gate-undecided",
      text: `may have lost more than ${percent(max)} of their speedup, within the noise: ${names.join(", ")}`,
      hint: "More repetitions or prompts, or --until-ci, would tell.",
    },
  ];
}

/** The estimate is beyond what is allowed, and the interval does not confirm it. */
function isDoubtful({ estimate, high }: Speedup, max: number): boolean {
  return estimate < 1 - max && (high === null || high >= 1 - max);
}

function elsewhereWarnings(differences: readonly ReportDifference[]): BenchWarning[] {
  if (differences.length === 0) return [];
  return [
    {
      code: "gate-elsewhere",
      text: `only counts are checked, for the baseline is from elsewhere: ${differences.map(wordReportDifference).join("; ")}`,
      hint: "What pays depends on the hardware. Keep a baseline for each kind of machine to check speed too.",
    },
  ];
}

function missingWarnings(baseline: BenchReport, report: BenchReport): BenchWarning[] {
  const [before, after] = [baseline.cells.filter(isOwn), report.cells.filter(isOwn)];
  const missing = before.filter(({ id }) => after.every((cell) => cell.id !== id));
  const added = after.filter(({ id }) => before.every((cell) => cell.id !== id));
  const tell = (what: string, cells: readonly CellReport[]): BenchWarning[] =>
    cells.length === 0
      ? []
      : [
          {
            code: "gate-cells",
            text: `${what}: ${cells.map(({ id }) => id).join(", ")}`,
            hint: "Only cells that both have are checked; --update-baseline writes all of this bench.",
          },
        ];
  return [...tell("in the baseline only", missing), ...tell("not in the baseline", added)];
}

/** A cell without a run that both reports have was held against nothing. */
function unheldWarnings(cells: readonly CellComparison[]): BenchWarning[] {
  const unheld = cells.filter(
    ({ before, after }) => commonRuns(after.samples, before.samples).length === 0,
  );
  if (unheld.length === 0) return [];
  return [
    {
      code: "gate-unheld",
      text: `no run of these is in both reports: ${unheld.map(({ after }) => after.id).join(", ")}`,
      hint: "They were not checked. Write a whole baseline with --update-baseline, or give the bench more time.",
    },
  ];
}

function isOwn({ method }: CellReport): boolean {
  return method !== "baseline";
}

function ratioText({ summary }: CellReport): string {
  return `×${summary?.speedup?.estimate.toFixed(2) ?? "–"}`;
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(1))}%`;
}

function signed(share: number): string {
  return `${share < 0 ? "-" : "+"}${percent(Math.abs(share))}`;
}
