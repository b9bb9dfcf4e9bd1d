import type { Spread } from "./report.ts";

/** The tokens/s of a cell. Reports of earlier versions have only the median over runs. */
export function rateOf({ rate, median }: Spread): number {
  return rate ?? median;
}
