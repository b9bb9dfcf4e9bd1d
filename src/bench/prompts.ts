import { readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { environmentError, usageError } from "../errors.ts";
import { type NumberedPrompt, parsePromptLines } from "./prompt-lines.ts";
import type { BenchPrompt } from "./report.ts";

/** The built-in prompts; two folders up from here in `src` as in `dist`. */
export const defaultPromptsFile = fileURLToPath(
  new URL("../../presets/prompts/default.jsonl", import.meta.url),
);

/**
 * The prompts that a command line names. An argument that is a file, or ends like one (.jsonl,
 * .txt), is read: a .txt file is one prompt, any other holds one JSON object a line. Everything
 * else is a prompt by itself.
 *
 * @param args undefined for the built-in prompts
 * @throws UserError for a file that is missing, unreadable or has a bad line, for an empty prompt
 *   and for two prompts with the same id
 */
export function resolvePrompts(args: readonly string[] | undefined): BenchPrompt[] {
  if (args !== undefined && args.length === 0) {
    throw usageError("--prompts names nothing", "Name a file or write a prompt.");
  }
  let texts = 0;
  const found = (args ?? [defaultPromptsFile]).flatMap((arg): NumberedPrompt[] => {
    if (!isFile(arg)) return [literal(arg, ++texts)];
    if (/\.txt$/i.test(arg)) return [wholeFile(arg)];
    return parsePromptLines(read(arg), arg);
  });
  refuseDuplicates(found);
  return found.map(({ prompt }) => prompt);
}

function isFile(arg: string): boolean {
  const stats = statIfAny(arg);
  if (stats?.isDirectory()) {
    throw usageError(`--prompts: ${arg} is a folder`, "Name a file in it.");
  }
  return stats !== undefined || /\.(jsonl|txt)$/i.test(arg);
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
