import { usageError } from "../errors.ts";

/** What a number on the command line may be. */
export interface NumberRange {
  /** The option, as the user writes it: "--temp". */
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly whole?: boolean;
}

/** @throws UserError that names the option and its range */
export function parseNumber(text: string, range: NumberRange): number {
  const { name, min, max, whole = false } = range;
  const value = text.trim() === "" ? Number.NaN : Number(text);
  const fits = value >= min && value <= max && (!whole || Number.isInteger(value));
  if (fits) return value;
  const kind = whole ? "a whole number" : "a number";
  throw usageError(`${name} ${text} is not ${kind} from ${min} to ${max}`);
}
