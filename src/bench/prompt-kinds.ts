import { usageError } from "../errors.ts";
import { specialAsText } from "../special-as-text.ts";
import type { BenchPrompt, BenchWarning } from "./report.ts";

const specialAsTextCode = "special-as-text";

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

/** Prompts that are named; more are counted. */
const named = 3;

/**
 * A warning about raw prompts that spell control tokens, which stay plain text.
 *
 * @param found the spellings by prompt id
 */
export function spelledWarnings(found: ReadonlyMap<string, readonly string[]>): BenchWarning[] {
  if (found.size === 0) return [];
  const ids = [...found.keys()];
  const others = ids.length > named ? ` (and ${ids.length - named} more)` : "";
  const prompts = `${ids.length === 1 ? "prompt" : "prompts"} ${ids.slice(0, named).join(", ")}${others}`;
  const { text } = specialAsText(prompts, [...new Set([...found.values()].flat())]);
  return [{ code: specialAsTextCode, text, hint: spelledHint }];
}

const spelledHint =
  'Give --special, or "special": true on a prompt\'s line, if they are meant as tokens.';
