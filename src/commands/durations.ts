import { usageError } from "../errors.ts";

const unitMs = { s: 1000, m: 60_000, h: 3_600_000 } as const;

/**
 * A time as a user writes it: 90s, 10m, 1h.
 *
 * @param name of the option
 * @returns ms, above 0
 * @throws UserError that names the option
 */
export function parseDuration(text: string, name: string): number {
  const [, number = "", unit = ""] = /^(\d+(?:\.\d+)?)([smh])$/.exec(text.trim()) ?? [];
  const ms = Number(number) * (unitMs[unit as keyof typeof unitMs] ?? Number.NaN);
  if (ms > 0) return ms;
  throw usageError(`${name} ${text} is not a time`, `Write it as ${name} 90s, 10m or 1h.`);
}
