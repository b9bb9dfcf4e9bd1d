import type { Options } from "yargs";
import { suiteFile } from "../bench/prompt-suites.ts";
import { promptFormats } from "../bench/prompts/formats.ts";
import { resolvePrompts } from "../bench/prompts/resolve-prompts.ts";
import type { BenchPrompt } from "../bench/report.ts";
import { usageError } from "../errors.ts";
import type { Origin } from "./config.ts";
import { parseNumber } from "./numbers.ts";

const group = "Prompts:";

/** Flags of commands that run many prompts. */
export const promptOptions = {
  prompts: {
    type: "string",
    array: true,
    describe: "Files of prompts, - for stdin, names of suites (see below) or prompts themselves",
    defaultDescription: "default, a dozen of six kinds",
    group,
  },
  "prompts-format": {
    choices: promptFormats.map(({ name }) => name),
    describe: "Format of the files, where their keys fit several",
    defaultDescription: "by the keys of each row",
    group,
  },
  "prompts-limit": {
    type: "string",
    requiresArg: true,
    describe: "Take the first N; the turns of one conversation count as one",
    defaultDescription: "all",
    group,
  },
  "prompts-sample": {
    type: "string",
    requiresArg: true,
    describe: "Take N at random by --seed, by category in proportion; counted as above",
    defaultDescription: "all",
    group,
  },
  "skip-too-long": {
    type: "boolean",
    describe: "Leave prompts out that do not fit the context, and say which",
    group,
  },
} as const satisfies Record<string, Options>;

/** What holds where nothing is said. */
export const promptDefaults = {
  prompts: [suiteFile("default")] as readonly string[],
  "prompts-format": undefined as string | undefined,
  "prompts-limit": undefined as string | undefined,
  "prompts-sample": undefined as string | undefined,
  "skip-too-long": false,
};

/** Where prompts come from, and what holds for all of them. */
export interface PromptWishes {
  readonly values: typeof promptDefaults;
  /** Draws the sample. */
  readonly seed: number;
  /** `--max-tokens`, and where it comes from. */
  readonly maxTokens: number;
  readonly maxTokensFrom: Origin;
  readonly onNote: (note: string) => void;
}

/** Most prompts that an option may name. */
const mostPrompts = 1_000_000_000;

/**
 * The prompts of a command line. A prompt's own limit holds, unless `--max-tokens` is given as a flag
 * and is smaller.
 *
 * @throws UserError for prompts that cannot be read, and for values out of their range
 */
export function promptsOf(wishes: PromptWishes): BenchPrompt[] {
  const { values, seed, maxTokens, maxTokensFrom, onNote } = wishes;
  const limit = countOf(values["prompts-limit"], "--prompts-limit");
  const sample = countOf(values["prompts-sample"], "--prompts-sample");
  if (limit !== undefined && sample !== undefined) {
    throw usageError(
      "--prompts-limit and --prompts-sample cannot be combined",
      "Give the first to take prompts in order, the second to draw them.",
    );
  }
  const format = values["prompts-format"];
  const choice = { limit, sample, seed };
  const prompts = resolvePrompts(values.prompts, { format, onNote, choice });
  return maxTokensFrom === "flag" ? prompts.map((each) => limited(each, maxTokens)) : prompts;
}

function limited(prompt: BenchPrompt, maxTokens: number): BenchPrompt {
  const { maxTokens: own, ...rest } = prompt;
  return own === undefined || own >= maxTokens ? rest : prompt;
}

function countOf(text: string | undefined, name: string): number | undefined {
  if (text === undefined) return undefined;
  return parseNumber(text, { name, min: 1, max: mostPrompts, whole: true });
}

/** What files of prompts may be, for the end of a help text. */
export function promptsHelp(suites: readonly string[]): string {
  return (
    "--prompts: a file is read, .txt as one prompt, any other as JSON lines or a JSON array of " +
    "specdec's own rows (prompt and, if wanted, id, category, history, raw, special, max_tokens), " +
    "Spec-Bench or MT-bench, HumanEval, MBPP, GSM8K, MATH, OpenAI messages, ShareGPT or Alpaca. " +
    "Later turns follow the target's own answers without speculation at temperature 0. A row's " +
    "max_tokens holds for it, unless --max-tokens is given and smaller. " +
    `A suite is one of ${suites.join(", ")}. ` +
    "Anything else is a prompt itself, but a single word close to a suite's name is refused."
  );
}
