import { readFileSync, statSync } from "node:fs";
import { environmentError, usageError } from "../errors.ts";
import { nearest } from "../nearest.ts";
import { type NumberedPrompt, parsePromptLines } from "./prompt-lines.ts";
import { promptSuites, suiteFile } from "./prompt-suites.ts";
import type { BenchPrompt } from "./report.ts";

/**
 * The prompts that a command line names. An argument that is a file, or ends like one (.jsonl,
 * .txt), is read: a .txt file is one prompt, any other holds one JSON object a line. Else the name
 * of a suite stands for its prompts, and everything else is a prompt by itself.
 *
 * @throws UserError for a file that is missing, unreadable or has a bad line, for an empty prompt,
 *   for a word that is nearly a suite's name or reads as a path, and for two prompts with the same id
 */
export function resolvePrompts(args: readonly string[]): BenchPrompt[] {
  if (args.length === 0) {
    throw usageError("--prompts names nothing", "Name a file or a suite, or write a prompt.");
  }
  let texts = 0;
  const suites = promptSuites();
  const found = args.flatMap((arg): NumberedPrompt[] => {
    if (isFile(arg)) return fromFile(arg);
    if (suites.includes(arg)) return fromFile(suiteFile(arg));
    refuseMisspelt(arg, suites);
    refuseFolder(arg);
    refusePath(arg);
    return [literal(arg, ++texts)];
  });
  refuseDuplicates(found);
  return found.map(({ prompt }) => prompt);
}

function isFile(arg: string): boolean {
  return statIfAny(arg)?.isDirectory() === false || /\.(jsonl|txt)$/i.test(arg);
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

function fromFile(path: string): NumberedPrompt[] {
  return /\.txt$/i.test(path) ? [wholeFile(path)] : parsePromptLines(read(path), path);
}

function statIfAny(arg: string): ReturnType<typeof statSync> | undefined {
  try {
    return statSync(arg);
  } catch {
    // Prose is no valid path, in many ways; reading tells more where a file was meant.
    return undefined;
  }
}

function literal(text: string, number: number): NumberedPrompt {
  if (text.trim() === "") throw usageError("--prompts: a prompt is empty", "Write some text.");
  const prompt = { id: `text-${number}`, category: "text", prompt: text };
  return { prompt, place: `argument ${number}` };
}

function wholeFile(file: string): NumberedPrompt {
  const text = read(file).trimEnd();
  if (text.trim() === "") throw usageError(`${file} is empty`, "Write one prompt into it.");
  return { prompt: { id: file, category: "text", prompt: text }, place: file };
}

function read(file: string): string {
  const bytes = readBytes(file);
  try {
    // Takes a byte order mark away, too.
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    throw usageError(`${file} is not UTF-8 text`, "Save it as UTF-8.");
  }
}

function readBytes(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") {
      throw usageError(`--prompts: there is no file ${file}`, "Check the path.");
    }
    throw environmentError("prompts-unreadable", `cannot read ${file}: ${message}`);
  }
}

function refuseDuplicates(found: readonly NumberedPrompt[]): void {
  const places = new Map<string, string>();
  for (const { prompt, place } of found) {
    const earlier = places.get(prompt.id);
    if (earlier !== undefined) {
      throw usageError(
        `${place}: the id "${prompt.id}" is taken by ${earlier}`,
        "Give each prompt an id of its own.",
      );
    }
    places.set(prompt.id, place);
  }
}
