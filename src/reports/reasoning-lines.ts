import type { BenchReport, TextPart } from "../bench/report.ts";
import { formatMean, formatPercent } from "./format.ts";
import { labelOf, varyingIn } from "./labels.ts";

/**
 * The share of the reasoning, and how drafts fare in it and in the answers, a line a cell; empty where
 * nothing is reasoning. Cells that do not draft have a line only where none does.
 */
export function reasoningLines(report: BenchReport): string[] {
  const varying = varyingIn(report);
  const lines = report.cells.flatMap((cell) => {
    const { reasoning, answer } = cell.summary ?? {};
    if (reasoning === undefined || answer === undefined) return [];
    const drafts = cell.summary?.draftAcceptanceRate != null;
    return [{ drafts, text: `${labelOf(cell, varying)}: ${lineOf(reasoning, answer, drafts)}` }];
  });
  const drafting = lines.filter(({ drafts }) => drafts);
  return (drafting.length > 0 ? drafting : lines).map(({ text }) => text);
}

function lineOf(reasoning: TextPart, answer: TextPart, drafts: boolean): string {
  const share = `reasoning is ${formatPercent(reasoning.tokenShare)} of the tokens`;
  const figures = (part: TextPart): string => (drafts ? `: ${acceptance(part)}` : "");
  if (answer.tokenShare === 0) return `${share}${figures(reasoning)}; no text reached its answer`;
  return drafts ? `${share}${figures(reasoning)}; answers${figures(answer)}` : share;
}

function acceptance({ draftAcceptanceRate, alpha, meanAcceptanceLength }: TextPart): string {
  return [
    `accepted ${formatPercent(draftAcceptanceRate)}`,
    `α ${formatPercent(alpha)}`,
    `τ ${formatMean(meanAcceptanceLength)}`,
  ].join(", ");
}
