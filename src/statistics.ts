/**
 * The p-quantile by linear interpolation between order statistics: type 7 of Hyndman and Fan 1996,
 * what R and NumPy do by default.
 *
 * @param values one or more, in any order
 * @param p 0 … 1
 */
export function quantile(values: ArrayLike<number>, p: number): number {
  return quantileOfSorted(Float64Array.from(values).sort(), p);
}

/** The median. */
export function median(values: ArrayLike<number>): number {
  return quantile(values, 0.5);
}

/** `quantile` of values in rising order. */
export function quantileOfSorted(sorted: Float64Array, p: number): number {
  const place = (sorted.length - 1) * p;
  const below = sorted[Math.floor(place)];
  const above = sorted[Math.ceil(place)];
  if (below === undefined || above === undefined) {
    throw new RangeError(`no ${p}-quantile of ${sorted.length} values`);
  }
  return below + (above - below) * (place - Math.floor(place));
}

/** The chance of a standard normal value above `z`: Abramowitz and Stegun 26.2.17, good to 1e-7. */
export function normalUpperTail(z: number): number {
  if (z < 0) return 1 - normalUpperTail(-z);
  const t = 1 / (1 + 0.2316419 * z);
  const series =
    t *
    (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * series;
}
