import { draftersOf } from "../drafter-choice.ts";
import type { GenerateRequest, PairInfo, PromptInput } from "../engine/pair.ts";
import type { ChatMessage } from "../engine/port.ts";
import type { BenchPlan } from "./plan.ts";
import type { BenchPrompt, BenchSettings, Cell } from "./report.ts";
import { type ChatTemplateSettings, engineTemplate } from "./template-settings.ts";

/** What a cell asks of the pair for one prompt. */
export function requestFor(
  { settings }: BenchPlan,
  info: PairInfo,
  run: { readonly cell: Cell; readonly prompt: BenchPrompt; readonly seed: number },
): GenerateRequest {
  const { cell, prompt, seed } = run;
  const { sampler, stopTexts, ngram, typical } = settings;
  return {
    prompt: inputOf(prompt, settings, info),
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

/** The settings that decide how prompts are written as text. */
export type PromptWriting = Pick<BenchSettings, "raw" | "special"> & ChatTemplateSettings;

/** How a prompt goes in. What it says of itself wins over the bench's settings. */
export function inputOf(prompt: BenchPrompt, settings: PromptWriting, info: PairInfo): PromptInput {
  if (prompt.infill !== undefined) return { type: "infill", ...prompt.infill };
  const { raw = settings.raw, special = settings.special } = prompt;
  if (!isRaw({ ...settings, raw }, info)) {
    const template = engineTemplate(settings);
    return { type: "chat", messages: conversation(prompt), ...(template && { template }) };
  }
  return { type: "text", text: rawText(prompt), ...(special && { special }) };
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

/** Whether prompts go in as they stand: asked for, or there is no chat template. */
export function isRaw(
  { raw, chatTemplate }: Pick<BenchSettings, "raw" | "chatTemplate">,
  { target }: { readonly target: Pick<PairInfo["target"], "hasChatTemplate"> },
): boolean {
  return raw || (chatTemplate === undefined && !target.hasChatTemplate);
}
