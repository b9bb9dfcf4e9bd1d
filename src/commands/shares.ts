import { usageError } from "../errors.ts";

/** What a share on the command line may be. */
export interface ShareRange {
  /** The option, as the user writes it. */
  readonly name: string;
  /** Bounds as shares of 1; the lower one is too small itself. */
  readonly above: number;
  readonly max: number;
}

/**
 * A share as a user writes it: 5%, or 0.05.
 *
 * @throws UserError that names the option and its range
 */
export function parseShare(text: string, { name, above, max }: ShareRange): number {
  const [, number = "", sign] = /^(\d+(?:\.\d+)?)(%?)$/.exec(text.trim()) ?? [];
  const value = number === "" ? Number.NaN : Number(number) / (sign === "%" ? 100 : 1);
  if (value > above && value <= max) return value;
  throw usageError(
    `${name} ${text} is not a share above ${above * 100}%, up to ${max * 100}%`,
    `Write it as ${name} 5%.`,
  );
}
