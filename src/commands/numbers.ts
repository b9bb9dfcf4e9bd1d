import { usageError } from "../errors.ts";

/** What a number on the command line may be. */
export interface NumberRange {
  /** The option, as the user writes it: "--temp". */
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly whole?: boolean;
  /** True where `min` itself is too small. */
  readonly aboveMin?: boolean;
  /** A word that may stand in the number's place, for the message. */
  readonly word?: string;
}

/** @throws UserError that names the option and its range */
export function parseNumber(text: string, range: NumberRange): number {
  const { name, min, max, whole = false, aboveMin = false, word } = range;
  const value = text.trim() === "" ? Number.NaN : Number(text);
  const fits = value >= min && value <= max && (!whole || Number.isInteger(value));
  if (fits && !(aboveMin && value === min)) return value;
  const kind = whole ? "a whole number" : "a number";
  const bounds = aboveMin ? `above ${min}, up to ${max}` : `from ${min} to ${max}`;
  const instead = word === undefined ? "" : `, nor ${word}`;
  throw usageError(`${name} ${text} is not ${kind} ${bounds}${instead}`);
}
