import { statSync } from "node:fs";
import { basename, extname } from "node:path";
import { usageError } from "../../errors.ts";
import { nearest } from "../../nearest.ts";
import { promptSuites, suiteFile } from "../prompt-suites.ts";
import type { BenchPrompt } from "../report.ts";
import { chooseRows, type RowChoice } from "./choose-rows.ts";
import { withDistinctIds } from "./distinct-ids.ts";
import { promptsOfRow } from "./prompts-of-row.ts";
import { type PromptRow, type ReadOptions, readRows } from "./read-rows.ts";
import { readText, stdinName } from "./read-text.ts";
import { splitRows } from "./split-rows.ts";

/** How the arguments of `--prompts` are read. */
export interface PromptsOptions extends Partial<ReadOptions> {
  /** All rows where left out. */
  readonly choice?: RowChoice | undefined;
}

/**
 * The prompts that a command line names. An argument that is a file, or ends like one (.jsonl, .txt,
 * .json without a space), is read, `-` from stdin: a .txt file is one prompt, any other holds rows in one of the formats
 * of `formats.ts`. Otherwise the name of a suite stands for its prompts, and everything else is a
 * prompt by itself. Of the answers that later turns follow there are none yet: see `preparePrompts`.
 *
 * @throws UserError for a file that is missing, unreadable or has a bad row, for an empty prompt, and
 *   for a word that is nearly a suite's name or reads as a path
 */
export function resolvePrompts(
  args: readonly string[],
  { format, onNote = () => {}, choice }: PromptsOptions = {},
): BenchPrompt[] {
  if (args.length === 0) {
    throw usageError("--prompts names nothing", "Name a file or a suite, or write a prompt.");
  }
  let texts = 0;
  const suites = promptSuites();
  const rows = args.flatMap((arg): PromptRow[] => {
    if (arg === stdinName || isFile(arg)) return fromFile(arg, { format, onNote });
    if (suites.includes(arg)) return fromFile(suiteFile(arg), { onNote });
    refuseMisspelt(arg, suites);
    refuseFolder(arg);
    refusePath(arg);
    return [literal(arg, ++texts)];
  });
  const distinct = withDistinctIds(rows, onNote);
  return (choice === undefined ? distinct : chooseRows(distinct, choice)).flatMap(promptsOfRow);
}

function isFile(arg: string): boolean {
  const reads = /\.(jsonl|txt)$|^\S+\.json$/i.test(arg);
  return reads || statIfAny(arg)?.isDirectory() === false;
}

function refuseFolder(arg: string): void {
  if (statIfAny(arg)?.isDirectory() !== true) return;
  throw usageError(`--prompts: ${arg} is a folder`, "Name a file in it.");
}

/** A path to nothing is no prompt either. */
function refusePath(arg: string): void {
  if (!/^(?:[~.]|[^\s/\\]*[/\\])\S*$/.test(arg)) return;
  throw usageError(
    `--prompts: there is no file ${arg}`,
    `Check the path. As a prompt of its own, write it with a space: "${arg} ".`,
  );
}

/** Running one word as a prompt, where a suite was meant, would waste a bench. */
function refuseMisspelt(arg: string, suites: readonly string[]): void {
  const meant = /^[\w-]+$/.test(arg) ? nearest(arg, suites) : undefined;
  if (meant === undefined) return;
  throw usageError(
    `--prompts: there is no suite ${arg}`,
    `Did you mean ${meant}? As a prompt of its own, write it with a space: "${arg} ".`,
  );
}

function statIfAny(arg: string): ReturnType<typeof statSync> | undefined {
  try {
    return statSync(arg);
  } catch {
    // Prose fails as a path in many ways. If a file was meant, reading it gives the better error.
    return undefined;
  }
}

function fromFile(path: string, options: ReadOptions): PromptRow[] {
  if (/\.txt$/i.test(path)) return [wholeFile(path)];
  const file = path === stdinName ? "stdin" : path;
  const source = basename(file, extname(file)) || file;
  const { text, encoding } = readText(path);
  const place = encoding === "utf-8" ? file : `${file} (UTF-16)`;
  return readRows(splitRows(text, place), { file, source }, options);
}

function literal(text: string, number: number): PromptRow {
  if (text.trim() === "") throw usageError("--prompts: a prompt is empty", "Write some text.");
  return plainRow(`text-${number}`, text);
}

function wholeFile(file: string): PromptRow {
  const text = readText(file).text.trimEnd();
  if (text.trim() === "") throw usageError(`${file} is empty`, "Write one prompt into it.");
  return plainRow(file, text);
}

function plainRow(id: string, text: string): PromptRow {
  const frame = { system: undefined, raw: undefined, special: undefined, maxTokens: undefined };
  return { ...frame, id, category: "text", source: "text", turns: [text] };
}
