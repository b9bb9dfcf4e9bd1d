import {
  draftAcceptanceRate,
  meanAcceptanceLength,
  perTokenAcceptance,
} from "../decoding/metrics.ts";
import { addParts, noPart, type PartCounts, partBeside } from "../decoding/reasoning-counts.ts";
import type { CellSummary, Sample, TextPart } from "./report.ts";
import { decodedTokens } from "./run-pairs.ts";
import { orNull } from "./schema-parts.ts";

/** How the reasoning and the answers of a cell fare apart; empty where no run has reasoning. */
export function textParts(samples: readonly Sample[]): Pick<CellSummary, "reasoning" | "answer"> {
  const parts = samples.flatMap(({ reasoning }) => reasoning ?? []);
  if (parts.length === 0) return {};
  const all = samples.map(wholeOf).reduce(addParts, noPart);
  const reasoning = parts.reduce(addParts, noPart);
  return {
    reasoning: textPart(reasoning, all.tokens),
    answer: textPart(partBeside(all, reasoning), all.tokens),
  };
}

function wholeOf(sample: Sample): PartCounts {
  return { ...sample, passTokens: decodedTokens(sample) };
}

function textPart(part: PartCounts, tokens: number): TextPart {
  return {
    tokenShare: part.tokens / tokens,
    draftAcceptanceRate: orNull(draftAcceptanceRate(part)),
    alpha: orNull(perTokenAcceptance(part)),
    meanAcceptanceLength: orNull(meanAcceptanceLength(part)),
  };
}
