import { acceptanceParts, percent, reasoningPart } from "../chat/figures.ts";
import type { DoneReason } from "../decoding/events.ts";
import {
  type Counts,
  decodeMs,
  deviationRate,
  meanDraftedSize,
  tokensPerSecond,
} from "../decoding/metrics.ts";
import type { PartCounts } from "../decoding/reasoning-counts.ts";
import { isGreedy, type SamplerSettings } from "../decoding/sampler.ts";

/** What else the line tells. */
export interface RunFacts {
  readonly reason: DoneReason;
  readonly seed: number;
  readonly sampler: SamplerSettings;
  /** Whether the acceptance rule was a lossy one. */
  readonly lossy: boolean;
  /** Of the answer; undefined where there is none. */
  readonly reasoning: PartCounts | undefined;
}

const endings: Readonly<Record<DoneReason, string>> = {
  eog: "finished",
  length: "stopped at --max-tokens",
  stop: "stopped at a stop text",
  context: "stopped, the context is full",
  aborted: "interrupted",
};

/** One generation in one line of figures (definitions: docs/architecture.md, "Numbers"). */
export function figuresLine(counts: Counts, facts: RunFacts): string {
  const { reason, seed, sampler, lossy, reasoning } = facts;
  const parts = [
    `${counts.tokens} tokens, ${endings[reason]}`,
    `prefill ${counts.promptTokens} tokens in ${seconds(counts.prefillMs)}`,
    ...(counts.passes > 0 ? [`${tokensPerSecond(counts).toFixed(1)} tokens/s`] : []),
    ...(counts.drafted > 0 ? drafting(counts) : []),
    ...reasoningPart(counts, reasoning),
    ...(counts.plannedSizes.length > 0
      ? [`auto drafts ${meanDraftedSize(counts).toFixed(1)} on average`]
      : []),
    ...(lossy
      ? [`lossy: ${percent(deviationRate(counts))} of tokens are not the exact rule's`]
      : []),
    ...(isGreedy(sampler) ? [] : [`seed ${seed}`]),
  ];
  return parts.join("; ");
}

function drafting(counts: Counts): string[] {
  const total = decodeMs(counts);
  const share = (ms: number): string => ((ms / total) * 100).toFixed(0);
  return [
    ...acceptanceParts(counts),
    `draft/verify/overhead ${share(counts.draftMs)}/${share(counts.verifyMs)}/${share(counts.overheadMs)} %`,
  ];
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(ms < 1000 ? 2 : 1)} s`;
}
