import { headlineOf } from "../bench/headline.ts";
import { isBusy, marginOf } from "../bench/noise.ts";
import { rateOf } from "../bench/rate-of.ts";
import type { BenchReport, CellReport, Speedup } from "../bench/report.ts";
import { explanationsOf } from "./explanation.ts";
import { formatInterval, formatMean, formatPercent, formatRate } from "./format.ts";
import { labelOf, varyingIn } from "./labels.ts";

/** What the figures come to, in one sentence, and why in another where costs were measured. */
export function conclude(report: BenchReport): string {
  return [concludeFigures(report), ...explanationsOf(report)].filter(Boolean).join(" ");
}

function concludeFigures(report: BenchReport): string {
  const isMeasured = report.cells.some(
    ({ method, summary }) => method === "speculative" && summary?.speedup,
  );
  if (!isMeasured) return concludePlain(report);
  const headline = headlineOf(report);
  if (headline === undefined) return noPlausible;
  if (isBusy(report)) return tooBusy;
  const { verdict, cell, speedup, isConfirmed, of, isBest } = headline;
  const name = labelOf(cell, varyingIn(report));
  const isBestOfMany = of > 1 && isBest;
  const subject = isBestOfMany ? `the best of ${of} settings, ${name},` : name;
  const again = isConfirmed ? " when measured again" : "";
  const figure = `runs at ${formatInterval(speedup)} of plain${again}`;
  const why = whereTimeGoes(cell, speedup);
  switch (verdict) {
    case "faster":
      return `Speculative decoding pays here: ${subject} ${figure}${why}.`;
    case "slower":
      return `Speculative decoding does not pay here: ${isBestOfMany ? "even " : ""}${subject} ${figure}${why}.`;
    case "undecided":
      return `Undecided: ${subject} ${figure}, ${doubt(speedup, marginOf(report))}${why}.`;
  }
}

const noPlausible =
  "Inconclusive: no measured speedup is plausible; the warnings say why. Run the bench again on a quiet machine.";
const tooBusy =
  "Inconclusive: other programs used the cores that the engine needs. Close them and run the bench again.";

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
