import { isBusy, marginOf } from "../bench/noise.ts";
import { isPlausible } from "../bench/plausibility.ts";
import { rateOf } from "../bench/rate-of.ts";
import type { BenchReport, CellReport, Speedup } from "../bench/report.ts";
import { type Verdict, verdictOf } from "../bench/verdict.ts";
import { explanationsOf } from "./explanation.ts";
import { formatInterval, formatMean, formatPercent, formatRate } from "./format.ts";
import { labelOf, varyingIn } from "./labels.ts";

/** What the figures come to, in one sentence, and why in another where costs were measured. */
export function conclude(report: BenchReport): string {
  return [concludeFigures(report), ...explanationsOf(report)].filter(Boolean).join(" ");
}

function concludeFigures(report: BenchReport): string {
  const all = report.cells.flatMap((cell) =>
    cell.summary?.speedup && cell.method === "speculative"
      ? [{ cell, speedup: cell.summary.speedup }]
      : [],
  );
  if (all.length === 0) return concludePlain(report);
  const measured = all.filter(({ cell }) => isPlausible(cell));
  if (measured.length === 0) return noPlausible;
  if (isBusy(report)) return tooBusy;
  const margin = marginOf(report);
  const { verdict, among } = overall(measured, margin);
  const best = bestOf(among);
  const shown = verdict === "faster" ? heldTogether(best.speedup) : best.speedup;
  const name = labelOf(best.cell, varyingIn(report));
  const ofAll = measured.length > 1 && best === bestOf(measured);
  const subject = ofAll ? `the best of ${measured.length} settings, ${name},` : name;
  const figure = `runs at ${formatInterval(shown)} of plain`;
  const why = whereTimeGoes(best.cell, best.speedup);
  switch (verdict) {
    case "faster":
      return `Speculative decoding pays here: ${subject} ${figure}${why}.`;
    case "slower":
      return `Speculative decoding does not pay here: ${ofAll ? "even " : ""}${subject} ${figure}${why}.`;
    case "undecided":
      return `Undecided: ${subject} ${figure}, ${doubt(best.speedup, margin)}${why}.`;
  }
}

const noPlausible =
  "Inconclusive: no measured speedup is plausible; the warnings say why. Run the bench again on a quiet machine.";
const tooBusy =
  "Inconclusive: other programs used the cores that the engine needs. Close them and run the bench again.";

interface Measured {
  readonly cell: CellReport;
  readonly speedup: Speedup;
}

/**
 * The interval for a claim about the best of a sweep, which looks better than it is: the one that
 * holds for all of the sweep's settings together.
 */
function heldTogether(speedup: Speedup): Speedup {
  return { ...speedup, ...speedup.simultaneous };
}

/**
 * Faster if one cell surely is, slower if all are; and the cells that say so, or leave it open. One of
 * many is faster by chance, all of them are not: only the first claim needs simultaneous intervals.
 */
function overall(
  measured: readonly Measured[],
  margin: number,
): { verdict: Verdict; among: readonly Measured[] } {
  const faster = measured.filter(
    ({ speedup }) => verdictOf(heldTogether(speedup), margin) === "faster",
  );
  if (faster.length > 0) return { verdict: "faster", among: faster };
  const open = measured.filter(({ speedup }) => verdictOf(speedup, margin) !== "slower");
  if (open.length > 0) return { verdict: "undecided", among: open };
  return { verdict: "slower", among: measured };
}

function bestOf(measured: readonly Measured[]): Measured {
  return measured.reduce((a, b) => (b.speedup.estimate > a.speedup.estimate ? b : a));
}

function concludePlain({ cells }: BenchReport): string {
  const plain = cells.find(({ method }) => method === "plain");
  const rate = plain?.summary?.tokensPerSecond;
  if (rate) return `Plain decoding runs at ${formatRate(rateOf(rate))} tokens/s.`;
  const waiting = plain?.samples.length === 0 && cells.some(({ samples }) => samples.length > 0);
  return waiting
    ? "Plain decoding has not run yet, so there is nothing to compare with."
    : "No run has decoded anything.";
}

/** Why an interval decides nothing, as the end of a sentence. */
export function doubt({ low, high }: Speedup, margin: number): string {
  if (low === null || high === null) return "from a single run, which gives no interval";
  if (low > 1 || high < 1)
    return `too close to it for the noise margin of ${formatPercent(margin)}`;
  return "and more prompts or repetitions would narrow that";
}

/** A speedup is the tokens per pass over the cost of a pass: both, and the largest part of the cost. */
function whereTimeGoes(cell: CellReport, { estimate }: Speedup): string {
  const { shares = null, meanAcceptanceLength = null } = cell.summary ?? {};
  if (shares === null || meanAcceptanceLength === null) return "";
  const { draft, verify, overhead } = shares;
  const largest = Math.max(draft, verify, overhead);
  const what = largest === verify ? "verifying" : largest === draft ? "drafting" : "overhead";
  const cost = `${formatMean(meanAcceptanceLength / estimate)} plain steps`;
  const share = `${Math.round(largest * 100)}% of it ${what}`;
  return `; a pass costs ${cost}, ${share}, and emits ${formatMean(meanAcceptanceLength)} tokens`;
}
