import { rateOf } from "../bench/rate-of.ts";
import type { BenchReport, CellReport } from "../bench/report.ts";
import { visibleStrings } from "../text/visible-strings.ts";
import { acceptText, methodText } from "./labels.ts";

type Value = string | number | null | undefined;

/** Field names and what they take from a cell; nested names are written together. */
const fields: Readonly<Record<string, (cell: CellReport) => Value>> = {
  id: ({ id }) => id,
  state: ({ state }) => state,
  method: (cell) => (cell.method === "baseline" ? methodText(cell) : cell.method),
  drafter: ({ drafter }) => drafter,
  heads: ({ heads }) => heads?.name,
  draftLen: ({ draftLen }) => draftLen,
  adaptive: ({ adaptive }) => String(adaptive),
  topK: ({ topK }) => topK,
  treeSize: ({ treeSize }) => treeSize,
  pMin: ({ pMin }) => pMin,
  accept: acceptText,
  temp: ({ temp }) => temp,
  samples: ({ samples }) => samples.length,
  tokensPerSecondMedian: ({ summary }) => summary?.tokensPerSecond?.median,
  tokensPerSecondLow: ({ summary }) => summary?.tokensPerSecond?.low,
  tokensPerSecondHigh: ({ summary }) => summary?.tokensPerSecond?.high,
  speedupEstimate: ({ summary }) => summary?.speedup?.estimate,
  speedupLow: ({ summary }) => summary?.speedup?.low,
  speedupHigh: ({ summary }) => summary?.speedup?.high,
  verdict: ({ summary }) => summary?.verdict,
  predicted: ({ predicted }) => predicted,
  draftAcceptanceRate: ({ summary }) => summary?.draftAcceptanceRate,
  alpha: ({ summary }) => summary?.alpha,
  meanAcceptanceLength: ({ summary }) => summary?.meanAcceptanceLength,
  positionAcceptance: ({ summary }) => summary?.positionAcceptance.join(" "),
  conditionalAcceptance: ({ summary }) => summary?.conditionalAcceptance.join(" "),
  acceptedLengths: ({ summary }) => summary?.acceptedLengths?.join(" "),
  draftShare: ({ summary }) => summary?.shares?.draft,
  verifyShare: ({ summary }) => summary?.shares?.verify,
  overheadShare: ({ summary }) => summary?.shares?.overhead,
  sameAsPlainEqual: ({ summary }) => summary?.sameAsPlain?.equal,
  sameAsPlainCompared: ({ summary }) => summary?.sameAsPlain?.compared,
  deviationRate: ({ summary }) => summary?.deviationRate,
  plannedSizes: ({ summary }) => summary?.adaptive?.plannedSizes.join(" "),
  probeShare: ({ summary }) => summary?.adaptive?.probeShare,
  regret: ({ summary }) => summary?.adaptive?.regret?.value,
  regretAgainst: ({ summary }) => summary?.adaptive?.regret?.against,
  warnings: ({ warnings }) => warnings.map(({ code }) => code).join(" "),
  tokensPerSecond: ({ summary }) => summary?.tokensPerSecond && rateOf(summary.tokensPerSecond),
  reasoningTokenShare: ({ summary }) => summary?.reasoning?.tokenShare,
  reasoningDraftAcceptanceRate: ({ summary }) => summary?.reasoning?.draftAcceptanceRate,
  reasoningAlpha: ({ summary }) => summary?.reasoning?.alpha,
  reasoningMeanAcceptanceLength: ({ summary }) => summary?.reasoning?.meanAcceptanceLength,
  answerDraftAcceptanceRate: ({ summary }) => summary?.answer?.draftAcceptanceRate,
  answerAlpha: ({ summary }) => summary?.answer?.alpha,
  answerMeanAcceptanceLength: ({ summary }) => summary?.answer?.meanAcceptanceLength,
};

/**
 * One line a cell, as RFC 4180 has it; empty where there is no number. A text that a spreadsheet would
 * take for a formula has an apostrophe before it (OWASP, "CSV Injection").
 */
export function renderCsv(report: BenchReport): string {
  const { cells } = visibleStrings(report);
  const rows = [
    Object.keys(fields),
    ...cells.map((cell) => Object.values(fields).map((value) => value(cell))),
  ];
  return rows.map((row) => `${row.map(quote).join(",")}\r\n`).join("");
}

function quote(value: Value): string {
  const formula = typeof value === "string" && /^[=+\-@]/.test(value);
  const text = `${formula ? "'" : ""}${value ?? ""}`;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
