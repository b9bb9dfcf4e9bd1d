import type { Pair, PromptInput } from "../engine/pair.ts";
import { UserError, usageError } from "../errors.ts";
import { specialAsText } from "../special-as-text.ts";
import type { BenchPrompt, BenchSettings, BenchWarning } from "./report.ts";
import { inputOf, type PromptWriting } from "./request.ts";

/** The code of the warning that a raw prompt spells control tokens. */
export const specialAsTextCode = "special-as-text";

/**
 * Checks the prompts' own fields against each other and against the bench's settings.
 *
 * @throws UserError (usage) for a prompt that wants special tokens but is not raw
 */
export function checkSpecialPrompts(prompts: readonly BenchPrompt[], raw: boolean): void {
  const wrong = prompts.find((prompt) => prompt.special === true && !(prompt.raw ?? raw));
  if (wrong === undefined) return;
  throw usageError(
    `prompt ${wrong.id}: "special" needs a raw prompt: a chat template writes special tokens itself`,
    'Add "raw": true to its line, or give --raw for all prompts.',
  );
}

/** Whether any prompt goes in as it stands because it was asked to. */
export function hasRawPrompts(prompts: readonly BenchPrompt[], raw: boolean): boolean {
  return prompts.some((prompt) => prompt.infill === undefined && (prompt.raw ?? raw));
}

/**
 * Has the target read all prompts that go in without a chat template, before any of them runs.
 *
 * @returns a warning where some spell control tokens that stay plain text
 * @throws UserError that names a prompt which the target cannot read
 */
export async function readPrompts(
  pair: Pair,
  settings: Pick<BenchSettings, "prompts"> & PromptWriting,
  signal?: AbortSignal,
): Promise<BenchWarning[]> {
  const found = new Map<string, string[]>();
  for (const prompt of settings.prompts) {
    if (signal?.aborted) return [];
    const spelled = await spelledIn(pair, prompt, inputOf(prompt, settings, pair.info));
    if (spelled.length > 0) found.set(prompt.id, [...spelled]);
  }
  return spelledWarnings(found);
}

async function spelledIn(
  pair: Pair,
  { id }: BenchPrompt,
  input: PromptInput,
): Promise<readonly string[]> {
  if (input.type === "chat") return [];
  try {
    return (await pair.inspectPrompt(input)).spelled;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const data = error.toData();
    throw new UserError({ ...data, message: `prompt ${id}: ${data.message}` }, { cause: error });
  }
}

/** Prompts that are named; more are counted. */
const named = 3;

function spelledWarnings(found: ReadonlyMap<string, readonly string[]>): BenchWarning[] {
  if (found.size === 0) return [];
  const ids = [...found.keys()];
  const others = ids.length > named ? ` (and ${ids.length - named} more)` : "";
  const prompts = `${ids.length === 1 ? "prompt" : "prompts"} ${ids.slice(0, named).join(", ")}${others}`;
  const { text } = specialAsText(prompts, [...new Set([...found.values()].flat())]);
  return [{ code: specialAsTextCode, text, hint: spelledHint }];
}

const spelledHint =
  'Give --special, or "special": true on a prompt\'s line, if they are meant as tokens.';
