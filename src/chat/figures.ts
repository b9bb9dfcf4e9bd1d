import type { DoneReason } from "../decoding/events.ts";
import {
  type Counts,
  deviationRate,
  draftAcceptanceRate,
  meanAcceptanceLength,
  meanDraftedSize,
  perTokenAcceptance,
  tokensPerSecond,
} from "../decoding/metrics.ts";
import { type PartCounts, partBeside } from "../decoding/reasoning-counts.ts";
import type { PlainRate } from "./state.ts";

/** What else than counts a line of figures tells. */
export interface FigureFacts {
  readonly reason: DoneReason;
  readonly lossy: boolean;
  readonly plainRate: PlainRate | undefined;
  /** Of the answer; undefined where there is none. */
  readonly reasoning: PartCounts | undefined;
}

/** Endings that are worth a word: not the model's own, nor a stop text. */
const endings: Readonly<Partial<Record<DoneReason, string>>> = {
  length: "cut off by --max-tokens",
  context: "cut off, the context is full",
  aborted: "stopped",
};

/** An answer in one line of figures (definitions: docs/architecture.md, "Numbers"). */
export function figuresOf(counts: Counts, facts: FigureFacts): string {
  const { reason, lossy, plainRate } = facts;
  const ending = endings[reason];
  const ratio = plainRate && tokensPerSecond(counts) / plainRate.tokensPerSecond;
  const parts = [
    `${counts.tokens} ${counts.tokens === 1 ? "token" : "tokens"}`,
    ...(counts.passes > 0 ? [rate(tokensPerSecond(counts))] : []),
    ...(counts.drafted > 0 ? acceptanceParts(counts) : []),
    ...reasoningPart(counts, facts.reasoning),
    ...(counts.plannedSizes.length > 0 ? [`auto drafts ${fixed(meanDraftedSize(counts), 1)}`] : []),
    ...(counts.drafted > 0 && ratio !== undefined ? [`×${fixed(ratio, 2)} of plain`] : []),
    ...(lossy ? [`lossy: ${percent(deviationRate(counts))} not the exact rule's`] : []),
    ...(ending === undefined ? [] : [ending]),
  ];
  return parts.join("; ");
}

/** How drafts fared: acceptance, α and τ. */
export function acceptanceParts(counts: Counts): string[] {
  return [
    `acceptance ${percent(draftAcceptanceRate(counts))}`,
    `α ${percent(perTokenAcceptance(counts))}`,
    `τ ${fixed(meanAcceptanceLength(counts), 2)}`,
  ];
}

/** The share of the reasoning, and α in it and after it; empty where there is none. */
export function reasoningPart(counts: Counts, reasoning: PartCounts | undefined): string[] {
  if (reasoning === undefined) return [];
  const share = `reasoning ${percent(reasoning.tokens / counts.tokens)} of the tokens`;
  if (counts.drafted === 0) return [share];
  const answer = partBeside(counts, reasoning);
  const after = answer.tokens > 0 ? `, ${percent(perTokenAcceptance(answer))} in the answer` : "";
  return [`${share}, α ${percent(perTokenAcceptance(reasoning))} in it${after}`];
}

/** A speed with its unit. */
export function rate(perSecond: number): string {
  return `${fixed(perSecond, 1)} tokens/s`;
}

/** A share in whole percent; a dash where there is none. */
export function percent(share: number): string {
  return Number.isFinite(share) ? `${(share * 100).toFixed(0)} %` : "–";
}

function fixed(value: number, digits: number): string {
  return Number.isFinite(value) ? value.toFixed(digits) : "–";
}
