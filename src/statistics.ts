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

/** The arithmetic mean of one or more values. */
export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] as number;
  return sum / values.length;
}

/** The variance of two or more values, as an estimate from a sample. */
export function variance(values: ArrayLike<number>): number {
  const centre = mean(values);
  const squares = Float64Array.from(values, (value) => (value - centre) ** 2);
  return (mean(squares) * values.length) / (values.length - 1);
}

/** The geometric mean of one or more values above 0. */
export function geometricMean(values: ArrayLike<number>): number {
  return Math.exp(mean(Float64Array.from(values, Math.log)));
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

/**
 * The point that a standard normal value exceeds with chance `tail`: Abramowitz and Stegun 26.2.23,
 * good to 4.5e-4.
 *
 * @param tail above 0, at most 0.5
 */
export function normalUpperPoint(tail: number): number {
  const t = Math.sqrt(-2 * Math.log(tail));
  const above = 2.515517 + t * (0.802853 + t * 0.010328);
  const below = 1 + t * (1.432788 + t * (0.189269 + t * 0.001308));
  return t - above / below;
}

/** The 97.5% point of Student's t: 1.96 in the limit. See `studentTAt`. */
export function studentT975(degrees: number): number {
  return studentTAt(normal975, degrees, 0.975);
}

/**
 * The point of Student's t that has the probability of `z` under the standard normal distribution.
 * Closed for 1 and 2 degrees of freedom, from 3 on by Cornish and Fisher's expansion (Abramowitz and
 * Stegun 26.7.5), good to 0.2% at 1.96.
 *
 * @param z above 0
 * @param degrees of freedom, 1 or more
 * @param p the probability of `z`, if it is known better than to 1e-7
 */
export function studentTAt(z: number, degrees: number, p: number = 1 - normalUpperTail(z)): number {
  if (degrees === 1) return Math.tan(Math.PI * (p - 0.5));
  if (degrees === 2) return (2 * p - 1) * Math.sqrt(2 / (4 * p * (1 - p)));
  const [z3, z5, z7, z9] = [z ** 3, z ** 5, z ** 7, z ** 9];
  return (
    z +
    (z3 + z) / (4 * degrees) +
    (5 * z5 + 16 * z3 + 3 * z) / (96 * degrees ** 2) +
    (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / (384 * degrees ** 3) +
    (79 * z9 + 776 * z7 + 1482 * z5 - 1920 * z3 - 945 * z) / (92160 * degrees ** 4)
  );
}

/** The 97.5% point of the standard normal distribution. */
export const normal975 = 1.959964;

/**
 * The chance of a χ² value above `statistic`: 1 with no degrees of freedom. The regularised incomplete
 * gamma function, by its series or its continued fraction (Abramowitz and Stegun 6.5.29 and 6.5.31).
 */
export function chiSquaredUpperTail(statistic: number, degrees: number): number {
  if (degrees <= 0 || statistic <= 0) return 1;
  const [a, x] = [degrees / 2, statistic / 2];
  const front = Math.exp(a * Math.log(x) - x - logGamma(a));
  return x < a + 1 ? 1 - front * lowerSeries(a, x) : front * upperFraction(a, x);
}

const most = 1000;
const enough = 1e-14;

function lowerSeries(a: number, x: number): number {
  let term = 1 / a;
  let sum = term;
  for (let n = 1; n < most && term > sum * enough; n++) {
    term *= x / (a + n);
    sum += term;
  }
  return sum;
}

/** By Lentz's algorithm. */
function upperFraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = Number.MAX_VALUE;
  let d = 1 / b;
  let fraction = d;
  for (let n = 1; n < most; n++) {
    const numerator = -n * (n - a);
    b += 2;
    d = 1 / (numerator * d + b);
    c = b + numerator / c;
    fraction *= c * d;
    if (Math.abs(c * d - 1) < enough) break;
  }
  return fraction;
}

/** Stirling's series, after moving the argument up: good to 1e-12 (Abramowitz and Stegun 6.1.41). */
function logGamma(x: number): number {
  if (x < 12) return logGamma(x + 1) - Math.log(x);
  const series = 1 / (12 * x) - 1 / (360 * x ** 3) + 1 / (1260 * x ** 5) - 1 / (1680 * x ** 7);
  return (x - 0.5) * Math.log(x) - x + Math.log(2 * Math.PI) / 2 + series;
}
