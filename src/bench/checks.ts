import { draftersOf } from "../drafter-choice.ts";
import type { GenerateRequest, Pair, PairInfo } from "../engine/pair.ts";
import { environmentError, UserError, usageError } from "../errors.ts";
import type { BenchPrompt, Cell } from "./report.ts";
import { rawText } from "./request.ts";

/**
 * Checks that the pair can run the cells.
 *
 * @throws UserError where it cannot
 */
export function checkPair(
  { engine, target, draft, heads: files = [] }: PairInfo,
  cells: readonly Cell[],
): void {
  if (cells.every(({ method }) => method !== "speculative")) return;
  if (cells.some(({ treeSize }) => treeSize > 0) && !engine.trees) {
    throw environmentError(
      "no-trees",
      `the engine ${engine.engine} evaluates chains only`,
      "Give --tree-size 0, or --engine libllama.",
    );
  }
  const usesDraft = cells.some(({ drafter }) => draftersOf(drafter).includes("draft"));
  if (usesDraft && draft === undefined) {
    throw usageError(
      "the drafter draft needs a draft model",
      "Name one with --draft, or draft without a model: --drafter ngram.",
    );
  }
  const usesHeads = cells.filter(({ drafter }) => draftersOf(drafter).includes("heads"));
  if (usesHeads.some(({ heads }) => files[heads?.index ?? 0] === undefined)) {
    throw usageError("the drafter heads needs a file of draft heads", "Name one with --heads.");
  }
  const models = [target, ...(usesDraft && draft !== undefined ? [draft] : [])];
  for (const { canRollBack, file, architecture } of models) {
    if (canRollBack) continue;
    throw environmentError(
      "cannot-roll-back",
      `${file} (${architecture}) cannot take rejected tokens back from its recurrent state`,
      "Choose a model with an attention cache, or measure plain decoding with --draft-len 0.",
    );
  }
}

/** Tokens that a chat template may add, generously. */
const templateTokens = 256;

/**
 * Checks before the first run that the longest prompts fit, by beginning to prefill them: a bench
 * should not end an hour later for a prompt at its end. Prompts that fit by their bytes alone are
 * not tried, for a token has at least one.
 *
 * @throws UserError that names the prompt
 */
export async function checkPrompts(
  pair: Pair,
  prompts: readonly BenchPrompt[],
  requestFor: (prompt: BenchPrompt) => GenerateRequest,
  signal: AbortSignal | undefined,
): Promise<void> {
  const room = pair.info.contextSize - templateTokens;
  for (const prompt of prompts) {
    if (signal?.aborted) return;
    if (new TextEncoder().encode(wholeText(prompt)).length <= room) continue;
    await beginPrompt(pair, prompt, requestFor(prompt), signal);
  }
}

function wholeText(prompt: BenchPrompt): string {
  return rawText(prompt) + (prompt.infill?.suffix ?? "");
}

async function beginPrompt(
  pair: Pair,
  prompt: BenchPrompt,
  request: GenerateRequest,
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    for await (const _ of pair.generate(request, signal)) break;
  } catch (error) {
    if (signal?.aborted) return;
    if (!(error instanceof UserError) || error.exitCode === 130) throw error;
    const data = error.toData();
    throw new UserError(
      { ...data, message: `prompt ${prompt.id}: ${data.message}` },
      { cause: error },
    );
  }
}
