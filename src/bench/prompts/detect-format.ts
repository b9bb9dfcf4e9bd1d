import { type PromptFormat, promptFormats } from "./formats.ts";
import { isGiven, type JsonObject } from "./row-fields.ts";

/**
 * The formats that a row may be of, by its keys. A format that needs more keys than another one wins
 * over it, and a key without content counts only where there is no other.
 */
export function formatsOf(row: JsonObject): readonly PromptFormat[] {
  const matching = promptFormats.filter(({ needs }) => needs.every((key) => isGiven(row[key])));
  const filled = matching.filter(({ needs }) => needs.every((key) => hasContent(row[key])));
  const found = filled.length > 0 ? filled : matching;
  return found.filter((format) => !found.some((other) => isMoreSpecific(other, format)));
}

/** The format that a row of no format most looks like: by its keys, then by the rows before it. */
export function likelyFormat(row: JsonObject, before: PromptFormat | undefined): PromptFormat {
  const scores = promptFormats.map((format) => ({ format, score: scoreOf(row, format) }));
  const best = Math.max(...scores.map(({ score }) => score));
  const [first] = scores.filter(({ score }) => score === best);
  const known = before === undefined ? 0 : scoreOf(row, before);
  return before !== undefined && known === best
    ? before
    : (first as { format: PromptFormat }).format;
}

function scoreOf(row: JsonObject, { needs, reads, signs }: PromptFormat): number {
  return [...needs, ...reads, ...signs].filter((key) => key in row).length;
}

function isMoreSpecific(a: PromptFormat, b: PromptFormat): boolean {
  return a.needs.length > b.needs.length && b.needs.every((key) => a.needs.includes(key));
}

function hasContent(value: unknown): boolean {
  return isGiven(value) && value !== "" && !(Array.isArray(value) && value.length === 0);
}
