import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { exactAcceptance } from "../../src/decoding/acceptance.ts";
import { seededRandom } from "../../src/decoding/random.ts";
import type { SamplerSettings } from "../../src/decoding/sampler.ts";
import { samplers } from "../support/arbitraries.ts";
import {
  type Conditional,
  chainShape,
  depthOf,
  possibleDrafts,
  type Shape,
} from "../support/draft-enumeration.ts";
import { integrate } from "../support/integrate.ts";
import { naiveCandidates, naiveDistribution } from "../support/naive-sampler.ts";

/** A language by seed: logits for every context, with ties and with tokens that never come. */
function language(seed: number, vocabularySize: number) {
  return (context: readonly number[]): Float32Array => {
    const key = context.reduce((hash, token) => hash * 31 + token + 1, seed);
    const random = seededRandom(key);
    return Float32Array.from({ length: vocabularySize }, () =>
      random() < 0.1 ? Number.NEGATIVE_INFINITY : Math.floor(random() * 12) / 2,
    ).with(key % vocabularySize, 3);
  };
}

interface Case {
  readonly vocabularySize: number;
  readonly shape: Shape;
  readonly target: SamplerSettings;
  readonly draft: SamplerSettings;
  /** Candidate filter. */
  readonly k: number;
  readonly targetSeed: number;
  readonly draftSeed: number;
}

/** Distribution of the first tokens of a round that goes on with plain sampling where it ends. */
function emitted(given: Case, p: Conditional): Map<string, number> {
  const { vocabularySize, shape, target, draft, k, targetSeed, draftSeed } = given;
  const length = depthOf(shape) + 1;
  const logitsOf = language(targetSeed, vocabularySize);
  const draftLogits = language(draftSeed, vocabularySize);
  const q: Conditional = (context) =>
    naiveCandidates(naiveDistribution(draftLogits(context), draft), k);
  const accept = exactAcceptance(target, vocabularySize);
  const total = new Map<string, number>();
  for (const { draft, probability, contexts } of possibleDrafts(shape, q)) {
    const rows = [[], ...contexts].map(logitsOf);
    const outcomes = integrate((random, trace) => {
      const logits = (i: number): Float32Array => {
        trace(`output ${i}`);
        return rows[i] as Float32Array;
      };
      const topTwo = () => {
        throw new Error("greedy choices are not asked for");
      };
      const { path, token } = accept(draft, { logits, topTwo }, random);
      return [...path.map((node) => draft.tokens[node] as number), token];
    });
    for (const outcome of outcomes) {
      const weight = probability * outcome.probability;
      addContinuations(total, p, outcome.result, length, weight);
    }
  }
  return total;
}

function addContinuations(
  total: Map<string, number>,
  p: Conditional,
  tokens: readonly number[],
  length: number,
  weight: number,
): void {
  if (weight === 0) return;
  if (tokens.length === length) {
    const key = tokens.join(" ");
    total.set(key, (total.get(key) ?? 0) + weight);
    return;
  }
  p(tokens).forEach((probability, token) => {
    addContinuations(total, p, [...tokens, token], length, weight * probability);
  });
}

function expectLossless(given: Case): void {
  const logitsOf = language(given.targetSeed, given.vocabularySize);
  const p: Conditional = (context) => naiveDistribution(logitsOf(context), given.target);
  const expected = new Map<string, number>();
  addContinuations(expected, p, [], depthOf(given.shape) + 1, 1);
  const actual = emitted(given, p);
  for (const key of new Set([...expected.keys(), ...actual.keys()])) {
    expect(Math.abs((actual.get(key) ?? 0) - (expected.get(key) ?? 0)), key).toBeLessThan(1e-8);
  }
}

function cases(vocabularySizes: number[], shapes: fc.Arbitrary<Shape>): fc.Arbitrary<Case> {
  return fc.record({
    vocabularySize: fc.constantFrom(...vocabularySizes),
    shape: shapes,
    target: samplers,
    draft: samplers,
    k: fc.integer({ min: 0, max: 4 }),
    targetSeed: fc.nat(1e6),
    draftSeed: fc.nat(1e6),
  });
}

function leaves(count: number, chosen = false): Shape {
  return { chosen, children: Array.from({ length: count }, () => chainShape(0)) };
}

describe("rejection sampling emits the target's distribution, exactly", () => {
  test("without a draft", () => {
    fc.assert(fc.property(cases([4, 5, 6], fc.constant(chainShape(0))), expectLossless));
  });

  test("after one drafted token", () => {
    fc.assert(fc.property(cases([4, 5, 6], fc.constant(chainShape(1))), expectLossless), {
      numRuns: 300,
    });
  });

  test("after two drafted tokens", () => {
    fc.assert(fc.property(cases([4, 5], fc.constant(chainShape(2))), expectLossless), {
      numRuns: 200,
    });
  });

  test("after three drafted tokens", () => {
    fc.assert(fc.property(cases([3], fc.constant(chainShape(3))), expectLossless), {
      numRuns: 200,
    });
  });

  test("after children drawn without replacement", () => {
    const shapes = fc.integer({ min: 2, max: 4 }).map((count) => leaves(count));
    fc.assert(fc.property(cases([4, 5], shapes), expectLossless), { numRuns: 300 });
  });

  test("after children chosen without chance", () => {
    const shapes = fc.integer({ min: 1, max: 4 }).map((count) => leaves(count, true));
    fc.assert(fc.property(cases([4, 5, 6], shapes), expectLossless), { numRuns: 300 });
  });

  test("after trees with drawn and chosen branches", () => {
    const below = fc.constantFrom(leaves(0), leaves(1), leaves(2), leaves(2, true));
    const shapes = fc
      .record({ chosen: fc.boolean(), children: fc.tuple(below, below) })
      .filter(({ children }) => children.some((child) => child.children.length > 0));
    fc.assert(fc.property(cases([3, 4], shapes), expectLossless), { numRuns: 150 });
  });
});
