import { chiSquaredUpperTail } from "../statistics.ts";

/** A two-sample χ² test. */
export interface TwoSampleTest {
  readonly statistic: number;
  readonly degrees: number;
  /** Chance of a statistic at least this large where both samples are of one distribution. */
  readonly pValue: number;
}

/** Counts by what was drawn, of two samples of the same stratum. */
export interface Stratum {
  readonly a: ReadonlyMap<number, number>;
  readonly b: ReadonlyMap<number, number>;
}

/** What both samples together have fewer of is pooled: then each expects five or so. */
const fewest = 10;

/**
 * Pearson's χ² for two samples, whether both are of one distribution, whatever that is. Strata are
 * tested each by itself, and their statistics and degrees of freedom added.
 */
export function twoSampleTest(strata: readonly Stratum[]): TwoSampleTest {
  let statistic = 0;
  let degrees = 0;
  for (const { a, b } of strata) {
    const cells = pooled(a, b);
    const totals = [
      sum(cells.map(([count]) => count)),
      sum(cells.map(([, count]) => count)),
    ] as const;
    const all = totals[0] + totals[1];
    if (cells.length < 2 || totals[0] === 0 || totals[1] === 0) continue;
    for (const cell of cells) {
      for (const side of [0, 1] as const) {
        const expected = ((cell[0] + cell[1]) * totals[side]) / all;
        statistic += (cell[side] - expected) ** 2 / expected;
      }
    }
    degrees += cells.length - 1;
  }
  return { statistic, degrees, pValue: chiSquaredUpperTail(statistic, degrees) };
}

function pooled(a: Stratum["a"], b: Stratum["b"]): [number, number][] {
  const cells: [number, number][] = [];
  const rare: [number, number] = [0, 0];
  for (const key of new Set([...a.keys(), ...b.keys()])) {
    const cell: [number, number] = [a.get(key) ?? 0, b.get(key) ?? 0];
    if (cell[0] + cell[1] >= fewest) {
      cells.push(cell);
      continue;
    }
    rare[0] += cell[0];
    rare[1] += cell[1];
  }
  return rare[0] + rare[1] > 0 ? [...cells, rare] : cells;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
