import { marginOf } from "./noise.ts";
import { isPlausible } from "./plausibility.ts";
import type { BenchReport, CellReport, Speedup } from "./report.ts";
import { type Verdict, verdictOf } from "./verdict.ts";

/** What a whole sweep says. */
export interface Headline {
  readonly verdict: Verdict;
  /** The setting that it speaks of. */
  readonly cell: CellReport;
  /** Its speedup, with the interval that the verdict rests on. */
  readonly speedup: Speedup;
  /** The speedup is that of the confirming runs. */
  readonly isConfirmed: boolean;
  /** Settings that draft, and whether the cell is the fastest of them. */
  readonly of: number;
  readonly isBest: boolean;
}

interface Measured {
  readonly cell: CellReport;
  readonly speedup: Speedup;
}

/**
 * The verdict of a sweep. "Faster" is a claim about the best of many settings, which is faster by
 * chance sooner than a single one: it takes the confirming runs, or else the simultaneous intervals.
 * "Slower" is a claim about every setting, and needs neither.
 *
 * @returns undefined if no setting has a plausible speedup
 */
export function headlineOf(report: BenchReport): Headline | undefined {
  const measured = report.cells.flatMap((cell): Measured[] =>
    cell.method === "speculative" && cell.summary?.speedup && isPlausible(cell)
      ? [{ cell, speedup: cell.summary.speedup }]
      : [],
  );
  if (measured.length === 0) return undefined;
  const best = bestOf(measured);
  const claim = confirmed(measured, report) ?? {
    ...overall(measured, marginOf(report)),
    isConfirmed: false,
  };
  return { ...claim, of: measured.length, isBest: claim.cell === best.cell };
}

type Claim = Omit<Headline, "of" | "isBest">;

/** What the confirming runs say, unless every setting is slower. */
function confirmed(measured: readonly Measured[], report: BenchReport): Claim | undefined {
  const { confirmation } = report;
  const found = measured.find(({ cell }) => cell.id === confirmation?.cell);
  if (confirmation === undefined || found === undefined) return undefined;
  const margin = marginOf(report);
  if (overall(measured, margin).verdict === "slower") return undefined;
  const { speedup } = confirmation;
  const verdict = verdictOf(speedup, margin) === "faster" ? "faster" : "undecided";
  return { verdict, cell: found.cell, speedup, isConfirmed: true };
}

function overall(measured: readonly Measured[], margin: number): Omit<Claim, "isConfirmed"> {
  const together = measured.map(({ cell, speedup }) => ({
    cell,
    speedup: { ...speedup, ...speedup.simultaneous },
  }));
  const faster = together.filter(({ speedup }) => verdictOf(speedup, margin) === "faster");
  if (faster.length > 0) return { verdict: "faster", ...bestOf(faster) };
  const open = measured.filter(({ speedup }) => verdictOf(speedup, margin) !== "slower");
  if (open.length > 0) return { verdict: "undecided", ...bestOf(open) };
  return { verdict: "slower", ...bestOf(measured) };
}

function bestOf(measured: readonly Measured[]): Measured {
  return measured.reduce((a, b) => (b.speedup.estimate > a.speedup.estimate ? b : a));
}
