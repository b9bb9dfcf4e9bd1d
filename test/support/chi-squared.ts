/** A goodness-of-fit test. */
export interface ChiSquared {
  readonly statistic: number;
  readonly degrees: number;
  /** Chance of a statistic at least this large where the samples do follow the distribution. */
  readonly pValue: number;
}

/**
 * Pearson's χ² of counts against probabilities. Cells that are expected fewer than 5 times are
 * pooled; a cell that cannot occur and did gives a p-value of 0.
 */
export function chiSquared(
  counts: ReadonlyMap<string, number>,
  expected: ReadonlyMap<string, number>,
): ChiSquared {
  const samples = [...counts.values()].reduce((a, b) => a + b, 0);
  const impossible = [...counts.keys()].some((key) => !((expected.get(key) ?? 0) > 0));
  if (impossible) return { statistic: Number.POSITIVE_INFINITY, degrees: 0, pValue: 0 };
  const cells: { observed: number; wanted: number }[] = [];
  const rare = { observed: 0, wanted: 0 };
  for (const [key, probability] of expected) {
    const cell = { observed: counts.get(key) ?? 0, wanted: probability * samples };
    if (cell.wanted >= 5) {
      cells.push(cell);
      continue;
    }
    rare.observed += cell.observed;
    rare.wanted += cell.wanted;
  }
  if (rare.wanted >= 5) cells.push(rare);
  const statistic = cells.reduce((sum, { observed, wanted }) => {
    return sum + (observed - wanted) ** 2 / wanted;
  }, 0);
  const degrees = cells.length - 1;
  return { statistic, degrees, pValue: upperTail(statistic, degrees) };
}

/** Wilson and Hilferty's normal approximation, good to about 1e-3 from 3 degrees of freedom. */
function upperTail(statistic: number, degrees: number): number {
  const spread = 2 / (9 * degrees);
  const z = ((statistic / degrees) ** (1 / 3) - (1 - spread)) / Math.sqrt(spread);
  return normalUpperTail(z);
}

/** Abramowitz and Stegun 26.2.17. */
function normalUpperTail(z: number): number {
  if (z < 0) return 1 - normalUpperTail(-z);
  const t = 1 / (1 + 0.2316419 * z);
  const series =
    t *
    (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * series;
}
