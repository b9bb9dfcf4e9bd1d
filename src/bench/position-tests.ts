import type { Random } from "../decoding/random.ts";
import type { Share, TestedPlace, TestedToken } from "../decoding/tested-places.ts";
import { normalUpperTail } from "../statistics.ts";
import type { AcceptanceTest, PositionTests } from "./distribution-schema.ts";
import { type SmoothTest, smoothTest } from "./smooth-test.ts";

/**
 * A rejection is evidence about a common factor on all acceptance probabilities, 1/(1 − a) times as
 * much as an acceptance. A smaller 1 − a counts as this much, so that no single rejection decides.
 */
const leastRejection = 0.1;
/**
 * Normal quantiles: a p-value of 4% over three tests, two-sided, as `distribution-warnings.ts` finds
 * in a single cell, and a power of 80%.
 */
const [foundAt, powerAt] = [2.475, 0.842];
const largestFactor = 10;
/** Decisions with a smaller chance are proof of a fault by themselves. */
const impossible = 1e-9;

/**
 * Tests what the exact rule decided at every place. The probabilities at a place are conditional on
 * all before it, so deviations from them are a martingale and their sums are nearly normal, although
 * the places depend on each other.
 *
 * @param places one or more
 * @param random picks a point within each token's share; the same numbers give the same result
 */
export function testPositions(places: readonly TestedPlace[], random: Random): PositionTests {
  const tokens = places.flatMap(({ drafted }) => drafted);
  // A draw from a single candidate is no draw.
  const shares = tokens.flatMap(({ drawn }) =>
    drawn === undefined || drawn.own === 1 ? [] : drawn,
  );
  const acceptance = testAcceptance(tokens);
  const chosenShares = places.map((place) => place.chosen);
  const chosen = testShares(chosenShares, random);
  const drafted = shares.length === 0 ? undefined : testShares(shares, random);
  const pValues = [acceptance, chosen, drafted].flatMap((test) => test?.pValue ?? []);
  return {
    places: places.length,
    acceptance,
    ...(drafted && { drafted }),
    chosen,
    pValue: Math.min(1, Math.min(...pValues) * pValues.length),
  };
}

/** The score test of a common factor on all acceptance probabilities. */
function testAcceptance(tokens: readonly TestedToken[]): AcceptanceTest {
  const accepted = tokens.filter((token) => token.accepted).length;
  const expected = sumOf(tokens, ({ acceptance }) => acceptance);
  const score = sumOf(tokens, (token) => {
    return weightOf(token) * (Number(token.accepted) - token.acceptance);
  });
  const deviation = deviationOf(tokens);
  // Rounding leaves a crumb where all acceptance was certain.
  const z = Math.abs(score) < 1e-9 ? 0 : score / deviation;
  const pValue = tokens.some(isImpossible) ? 0 : Math.min(1, 2 * normalUpperTail(Math.abs(z)));
  const detects = smallestFactorFound(tokens, (foundAt + powerAt) * deviation);
  return {
    ...{ tested: tokens.length, accepted, expected, pValue },
    ...(detects !== undefined && { detects }),
  };
}

/** The exact rule decides so by rounding alone. */
function isImpossible({ acceptance, accepted }: TestedToken): boolean {
  return accepted ? acceptance < impossible : acceptance > 1 - impossible;
}

function weightOf({ acceptance }: TestedToken): number {
  return 1 / Math.max(1 - acceptance, leastRejection);
}

/** The standard deviation of the score. */
function deviationOf(tokens: readonly TestedToken[]): number {
  const variance = sumOf(tokens, (token) => {
    return weightOf(token) ** 2 * token.acceptance * (1 - token.acceptance);
  });
  return Math.sqrt(variance);
}

/** The factor, by bisection, that moves the expected score so far; undefined where none does. */
function smallestFactorFound(tokens: readonly TestedToken[], distance: number): number | undefined {
  const isFound = (factor: number): boolean => {
    const moved = sumOf(tokens, (token) => {
      const { acceptance } = token;
      return weightOf(token) * (Math.min(1, factor * acceptance) - acceptance);
    });
    return moved > 0 && moved >= distance;
  };
  let [low, high] = [1, largestFactor];
  if (!isFound(high)) return undefined;
  while (high - low > 1e-3) {
    const middle = (low + high) / 2;
    if (isFound(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/** The probability integral transform, made continuous by a random point in each token's share. */
function testShares(shares: readonly Share[], random: Random): SmoothTest {
  const test = smoothTest(shares.map(({ below, own }) => below + own * random()));
  // A token that cannot occur is proof by itself.
  return shares.some(({ own }) => own <= 0) ? { ...test, pValue: 0 } : test;
}

function sumOf<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((sum, item) => sum + value(item), 0);
}
