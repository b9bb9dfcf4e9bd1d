import { chiSquaredUpperTail } from "../statistics.ts";

/** A test of numbers against the uniform distribution. */
export interface SmoothTest {
  readonly statistic: number;
  readonly degrees: number;
  /** Chance of a statistic at least this large where the numbers are uniform. */
  readonly pValue: number;
}

/** The first Legendre polynomials on [0, 1], each with variance 1. */
const polynomials: readonly ((u: number) => number)[] = [
  (u) => Math.sqrt(3) * (2 * u - 1),
  (u) => Math.sqrt(5) * (6 * u ** 2 - 6 * u + 1),
  (u) => Math.sqrt(7) * (20 * u ** 3 - 30 * u ** 2 + 12 * u - 1),
  (u) => 3 * (70 * u ** 4 - 140 * u ** 3 + 90 * u ** 2 - 20 * u + 1),
];

/**
 * Neyman's smooth test (1937) of order 4, whether numbers are uniform on [0, 1]. It has more power than
 * a χ² of bins against departures that change slowly. The statistic is 0 for no numbers.
 */
export function smoothTest(values: readonly number[]): SmoothTest {
  let statistic = 0;
  for (const polynomial of polynomials) {
    const sum = values.reduce((total, u) => total + polynomial(u), 0);
    statistic += sum ** 2 / Math.max(1, values.length);
  }
  const degrees = polynomials.length;
  return { statistic, degrees, pValue: chiSquaredUpperTail(statistic, degrees) };
}
