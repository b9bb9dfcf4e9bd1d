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
