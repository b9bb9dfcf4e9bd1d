import { usageError } from "../errors.ts";

/** What the values of an axis may be. */
export interface AxisOptions {
  /** The option as the user types it, for example "--draft-len". */
  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** True where values like 0.7 are allowed. */
  readonly fractions?: boolean;
  /** A word that is a value too. */
  readonly word?: string;
}

/** Most values that one axis takes: a sweep multiplies its axes. */
const maxValues = 64;

const syntaxHint = "Write 1,2,4 or 1-8 or 1-9+2 (step) or 1-16*2 (factor), or several by comma.";

/**
 * The values of a sweep axis, in llama-bench's syntax: `1,2,4`, `1-8`, `1-9+2` (step), `1-16*2`
 * (factor), and any of these by comma. Duplicates are dropped, the first one's place counts.
 *
 * @throws UserError (usage) that names the option and the range
 */
export function parseAxis(text: string, options: AxisOptions): number[] {
  const values = new Set<number>();
  for (const part of text.split(",")) {
    for (const value of parsePart(part.trim(), options)) {
      values.add(value);
      if (values.size > maxValues) throw tooMany(options);
    }
  }
  return [...values];
}

/**
 * The same for an axis that takes a word among its numbers; the word comes last.
 *
 * @throws UserError (usage) that names the option and the range
 */
export function parseAxisWithWord<W extends string>(
  text: string,
  options: AxisOptions & { readonly word: W },
): (number | W)[] {
  const parts = text.split(",").map((part) => part.trim());
  const numbers = parts.filter((part) => part !== options.word);
  const values = numbers.length === 0 ? [] : parseAxis(numbers.join(","), options);
  return numbers.length < parts.length ? [...values, options.word] : values;
}

function* parsePart(part: string, options: AxisOptions): Generator<number> {
  const number = options.fractions === true ? "\\d+(?:\\.\\d+)?" : "\\d+";
  const range = new RegExp(`^(${number})(?:-(${number})(?:([+*])(${number}))?)?$`);
  const [, firstText, lastText, operator = "+", byText = "1"] = range.exec(part) ?? [];
  if (firstText === undefined) throw notInRange(part, options);
  const first = Number(firstText);
  const last = lastText === undefined ? first : Number(lastText);
  const by = Number(byText);
  for (const value of [first, last]) {
    if (value < options.min || value > options.max) throw notInRange(part, options);
  }
  if (first > last) throw usageError(`${options.name}: ${part} runs backwards`, syntaxHint);
  if (operator === "+" ? by <= 0 : by <= 1 || first === 0) throw noProgress(part, options);
  yield* steps({ first, last, by, operator });
}

function* steps(range: {
  first: number;
  last: number;
  by: number;
  operator: string;
}): Generator<number> {
  const { first, last, by, operator } = range;
  for (let i = 0; ; i++) {
    // Rounded, so that 0 + 3 · 0.1 is 0.3.
    const exact = operator === "+" ? first + i * by : first * by ** i;
    const value = Number(exact.toFixed(9));
    if (value > last) return;
    yield value;
  }
}

function notInRange(part: string, { name, min, max, fractions, word }: AxisOptions): Error {
  const numbers = fractions === true ? "numbers" : "whole numbers";
  const range = `${numbers} from ${min} to ${max}${word === undefined ? "" : ` or ${word}`}`;
  return usageError(`${name} takes ${range}, not "${part}"`, syntaxHint);
}

function noProgress(part: string, { name }: AxisOptions): Error {
  return usageError(
    `${name}: ${part} never reaches its end`,
    "A step must be above 0; a factor above 1, from a start above 0.",
  );
}

function tooMany({ name }: AxisOptions): Error {
  return usageError(`${name} has more than ${maxValues} values`, "Take larger steps.");
}
