import { environmentError, type UserError } from "../../errors.ts";
import type { BenchWarning } from "../report.ts";

/** A prompt that leaves no room for an answer. */
export interface LongPrompt {
  readonly id: string;
  /** Undefined for a turn that follows one that is too long. */
  readonly tokens: number | undefined;
}

/** Prompts that a message names. */
const named = 20;

/** Refuses prompts that do not fit, all at once. */
export function tooLongError(prompts: readonly LongPrompt[], room: number): UserError {
  return environmentError(
    "prompt-too-long",
    sentence(prompts, room),
    "Shorten them, ask for a larger context with --ctx, or leave them out with --skip-too-long.",
  );
}

/** Refuses to run nothing. */
export function nothingFits(prompts: readonly LongPrompt[], room: number): UserError {
  return environmentError(
    "prompt-too-long",
    `no prompt is left: ${sentence(prompts, room)}`,
    "Ask for a larger context with --ctx.",
  );
}

/** Says which prompts were left out. */
export function leftOutWarning(prompts: readonly LongPrompt[], room: number): BenchWarning {
  return {
    code: "prompts-left-out",
    text: `${sentence(prompts, room)}: left out`,
    hint: "The figures are those of the other prompts. Ask for a larger context with --ctx.",
  };
}

function sentence(prompts: readonly LongPrompt[], room: number): string {
  const names = prompts.slice(0, named).map(nameOf).join(", ");
  const more = prompts.length > named ? ` and ${prompts.length - named} more` : "";
  const count = prompts.length === 1 ? "1 prompt does" : `${prompts.length} prompts do`;
  return `${count} not fit the context of ${room} tokens: ${names}${more}`;
}

function nameOf({ id, tokens }: LongPrompt): string {
  return tokens === undefined ? id : `${id} (${tokens} tokens)`;
}
