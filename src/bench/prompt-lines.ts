import { z } from "zod";
import { usageError } from "../errors.ts";
import type { BenchPrompt } from "./report.ts";

/** A prompt and where it was found, for messages. */
export interface NumberedPrompt {
  readonly prompt: BenchPrompt;
  readonly place: string;
}

const text = z.string().refine((value) => value.trim() !== "", "is empty");
// Names are printed in tables and warnings, where a line break would do harm.
const name = text.regex(/^\P{Cc}*$/u, "has a line break or another control character");
const message = z.object({ role: z.enum(["system", "user", "assistant"]), content: text });
const lineSchema = z.object({
  id: name,
  category: name,
  prompt: text,
  history: z.array(message).min(1).optional(),
  raw: z.boolean().optional(),
  special: z.boolean().optional(),
});
const infillSchema = z
  .object({ prefix: z.string(), suffix: z.string() })
  .refine(({ prefix, suffix }) => (prefix + suffix).trim() !== "", "is empty");
const infillLineSchema = lineSchema
  .pick({ id: true, category: true })
  .extend({ infill: infillSchema })
  .transform((line) => ({ ...line, prompt: line.infill.prefix }));

/**
 * Reads prompts from JSON lines, one object `{id, category, prompt}` a line, with the earlier
 * messages of the conversation in `history` where there are any, or with the code around a gap in
 * `infill: {prefix, suffix}` instead of the prompt. Blank lines are skipped, further
 * keys ignored.
 *
 * @param file named in messages
 * @throws UserError (usage) for the first bad line, with its number, and for no prompt at all
 */
export function parsePromptLines(content: string, file: string): NumberedPrompt[] {
  const prompts = content.split("\n").flatMap((line, i) => {
    if (line.trim() === "") return [];
    const place = `${file} line ${i + 1}`;
    return [{ prompt: parseLine(line, place), place }];
  });
  if (prompts.length === 0) throw usageError(`${file} holds no prompt`, formatHint);
  return prompts;
}

const formatHint = 'One object a line: {"id": "…", "category": "…", "prompt": "…"}.';

function parseLine(line: string, place: string): BenchPrompt {
  const value = parseJson(line, place);
  const isInfill = typeof value === "object" && value !== null && "infill" in value;
  const result = (isInfill ? infillLineSchema : lineSchema).safeParse(value);
  // Optional fields that are not there are left out of the data, too.
  if (result.success) return result.data as BenchPrompt;
  const faults = result.error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.join(".")}: ${message}`,
  );
  throw usageError(`${place}: ${faults.join("; ")}`, formatHint);
}

function parseJson(line: string, place: string): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw usageError(`${place} is not JSON: ${(cause as Error).message}`, formatHint);
  }
}
