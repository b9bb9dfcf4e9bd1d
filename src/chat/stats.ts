import {
  draftAcceptanceRate,
  meanAcceptanceLength,
  perTokenAcceptance,
  tokensPerSecond,
} from "../decoding/metrics.ts";
import { percent, rate } from "./figures.ts";
import type { ChatState } from "./state.ts";

type Row = readonly [name: string, text: string];

/** What /stats lists (definitions: docs/architecture.md, "Numbers"). */
export function statsRows(state: ChatState): Row[] {
  const { totals, info, plainRate, settings, conversation } = state;
  const { counts, answers } = totals;
  return [
    ...(info === undefined ? [] : modelRows(info)),
    ["drafting", settings.label],
    ["answers", `${answers}, ${counts.tokens} tokens`],
    ...(counts.passes > 0 ? [["speed", rate(tokensPerSecond(counts))] as const] : []),
    ...(plainRate === undefined
      ? []
      : [["plain", `${rate(plainRate.tokensPerSecond)}, ${plainRate.measuredBy}`] as const]),
    ...(counts.drafted > 0 ? draftRows(state) : []),
    ["context", `${state.contextTokens} of ${info?.contextSize ?? 0} tokens`],
    ...(conversation.dropped > 0 ? [["dropped", `${conversation.dropped} turns`] as const] : []),
  ];
}

function modelRows({ engine, target, draft }: NonNullable<ChatState["info"]>): Row[] {
  return [
    ["target", target.file],
    ...(draft === undefined ? [] : [["draft", draft.file] as const]),
    ["engine", `${engine.engine} ${engine.release} on ${engine.backend}`],
  ];
}

function draftRows({ totals: { counts } }: ChatState): Row[] {
  return [
    ["acceptance", `${percent(draftAcceptanceRate(counts))} of ${counts.drafted} drafted tokens`],
    ["α", `${percent(perTokenAcceptance(counts))} of the tokens that were tested`],
    ["τ", `${meanAcceptanceLength(counts).toFixed(2)} tokens a pass, in ${counts.passes} passes`],
  ];
}
