import { draftersOf } from "../drafter-choice.ts";
import type { GenerateRequest, PairInfo } from "../engine/pair.ts";
import type { ChatMessage } from "../engine/port.ts";
import type { BenchPlan } from "./plan.ts";
import type { BenchPrompt, BenchSettings, Cell } from "./report.ts";

/** What a cell asks of the pair for one prompt. */
export function requestFor(
  { settings }: BenchPlan,
  info: PairInfo,
  run: { readonly cell: Cell; readonly prompt: BenchPrompt; readonly seed: number },
): GenerateRequest {
  const { cell, prompt, seed } = run;
  const { sampler, stopTexts, raw, ngram, typical } = settings;
  return {
    prompt: isRaw(raw, info)
      ? { type: "text", text: rawText(prompt) }
      : { type: "chat", messages: conversation(prompt) },
    draftLength: cell.draftLen,
    adaptive: cell.adaptive,
    drafters: draftersOf(cell.drafter),
    ...(cell.heads !== undefined && { heads: cell.heads.index }),
    ngram,
    topK: cell.topK,
    treeSize: cell.treeSize,
    pMin: cell.pMin,
    ...(cell.accept === "typical" && { typical }),
    sampler: { temperature: cell.temp, ...sampler },
    seed,
    maxTokens: tokensAtMost(settings, prompt),
    stopTexts,
    wholeChunks: true,
    standalone: true,
    eventsEveryMs: Number.POSITIVE_INFINITY,
  };
}

/** Tokens that an answer may have: the prompt's own limit, or the bench's. */
export function tokensAtMost(
  { maxTokens }: Pick<BenchSettings, "maxTokens">,
  prompt: BenchPrompt | undefined,
): number {
  return prompt?.maxTokens ?? maxTokens;
}

/** All that is said up to the answer, the prompt last. */
function conversation({ history = [], prompt }: BenchPrompt): ChatMessage[] {
  return [...history, { role: "user", content: prompt }];
}

/** The same without a chat template. */
export function rawText(prompt: BenchPrompt): string {
  return conversation(prompt)
    .map(({ content }) => content)
    .join("\n\n");
}

/** Whether prompts go in as they stand: asked for, or the model has no chat template. */
export function isRaw(asked: boolean, { target }: PairInfo): boolean {
  return asked || !target.hasChatTemplate;
}
