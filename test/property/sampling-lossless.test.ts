import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { exactAcceptance } from "../../src/decoding/acceptance.ts";
import { seededRandom } from "../../src/decoding/random.ts";
import type { SamplerSettings } from "../../src/decoding/sampler.ts";
import type { DraftOutputs } from "../../src/drafters/draft-outputs.ts";
import { SampledTree } from "../../src/drafters/sampled-tree.ts";
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

/** How a draft's outputs come about. */
const outputKinds = ["of each context", "of each depth", "of some tokens", "but one"] as const;

/** A draft model's or heads' tree: its shape follows from what is drawn. */
interface TreeCase extends Pick<Case, "target" | "draft" | "targetSeed" | "draftSeed"> {
  readonly vocabularySize: number;
  readonly maxLength: number;
  readonly maxSize: number;
  readonly topK: number;
  readonly pMin: number;
  readonly outputsAre: (typeof outputKinds)[number];
}

const treeCases: fc.Arbitrary<TreeCase> = fc.record({
  vocabularySize: fc.constantFrom(3, 4),
  maxLength: fc.constantFrom(1, 2),
  maxSize: fc.integer({ min: 2, max: 4 }),
  topK: fc.integer({ min: 0, max: 3 }),
  pMin: fc.constantFrom(0, 0.3),
  outputsAre: fc.constantFrom(...outputKinds),
  target: samplers,
  draft: samplers,
  targetSeed: fc.nat(1e6),
  draftSeed: fc.nat(1e6),
});

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

/** The same for a draft model's own tree: its draws are part of what is integrated over. */
function emittedWithTree(given: TreeCase, p: Conditional): Map<string, number> {
  const { vocabularySize, maxLength, target, targetSeed, draftSeed } = given;
  const logitsOf = language(targetSeed, vocabularySize);
  const { outputs, logitsOf: draftLogits } = draftOutputs(
    given,
    language(draftSeed, vocabularySize),
  );
  const accept = exactAcceptance(target, vocabularySize);
  const total = new Map<string, number>();
  const outcomes = integrate((random, trace) => {
    const drawn = () =>
      trace(JSON.stringify(builder.tree.map(({ token, parent }) => [token, parent])));
    const builder = new SampledTree(
      {
        ...given,
        tree: true,
        pGrow: given.pMin,
        sampler: given.draft,
        isEog: () => false,
        random: () => {
          drawn();
          return random();
        },
      },
      outputs,
    );
    const pathTo = (node: number): number[] => {
      const at = builder.tree[node];
      return at === undefined ? [] : [...pathTo(at.parent), at.token];
    };
    for (let level = [-1]; level.length > 0; ) {
      const contexts = level.map(pathTo);
      level = builder.drawBelow(level, (i) => draftLogits(contexts[i] as number[]));
      drawn();
    }
    const { draft } = builder.built();
    const contexts = [[], ...draft.tokens.map((_, node) => pathTo(node))];
    const logits = (i: number): Float32Array => {
      trace(`output ${i}`);
      return logitsOf(contexts[i] as number[]);
    };
    const topTwo = () => {
      throw new Error("greedy choices are not asked for");
    };
    const { path, token } = accept(draft, { logits, topTwo }, random);
    return [...path.map((node) => draft.tokens[node] as number), token];
  });
  for (const { result, probability } of outcomes) {
    addContinuations(total, p, result, maxLength + 1, probability);
  }
  return total;
}

/** As a draft model has them, as parallel heads do, and as heads with a reduced vocabulary. */
function draftOutputs(
  { outputsAre, vocabularySize, maxLength }: TreeCase,
  logitsOf: (context: readonly number[]) => Float32Array,
): { outputs: DraftOutputs; logitsOf: typeof logitsOf } {
  const all = { outputs: { size: vocabularySize }, logitsOf };
  if (outputsAre === "of each context") return all;
  if (outputsAre === "of each depth") {
    const rows = Array.from({ length: maxLength }, (_, depth) => logitsOf([depth]));
    return { ...all, logitsOf: ({ length }) => rows[length] as Float32Array };
  }
  if (outputsAre === "but one") {
    const finite = (context: readonly number[]) => logitsOf(context).with(0, 2);
    return { outputs: { size: vocabularySize, excluded: new Set([1]) }, logitsOf: finite };
  }
  const tokens = Int32Array.from({ length: vocabularySize - 1 }, (_, i) => i + 1);
  const listed = (context: readonly number[]) => {
    const logits = logitsOf(context).slice(1);
    // One of them is finite at least, or there would be nothing to draw.
    logits[0] = Math.max(logits[0] as number, 0);
    return Float32Array.of(...logits, 5);
  };
  return { outputs: { size: tokens.length, tokens }, logitsOf: listed };
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
  expectPlain(given, depthOf(given.shape) + 1, (p) => emitted(given, p));
}

function expectLosslessTree(given: TreeCase): void {
  expectPlain(given, given.maxLength + 1, (p) => emittedWithTree(given, p));
}

/** Compares a round's texts with plain sampling's. */
function expectPlain(
  given: Pick<Case, "target" | "targetSeed" | "vocabularySize">,
  length: number,
  emittedBy: (p: Conditional) => Map<string, number>,
): void {
  const logitsOf = language(given.targetSeed, given.vocabularySize);
  const p: Conditional = (context) => naiveDistribution(logitsOf(context), given.target);
  const expected = new Map<string, number>();
  addContinuations(expected, p, [], length, 1);
  const actual = emittedBy(p);
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

  test("after a draft model's tree, whose shape follows from what is drawn", () => {
    fc.assert(fc.property(treeCases, expectLosslessTree), { numRuns: 150 });
  });

  test("after trees with drawn and chosen branches", () => {
    const below = fc.constantFrom(leaves(0), leaves(1), leaves(2), leaves(2, true));
    const shapes = fc
      .record({ chosen: fc.boolean(), children: fc.tuple(below, below) })
      .filter(({ children }) => children.some((child) => child.children.length > 0));
    fc.assert(fc.property(cases([3, 4], shapes), expectLossless), { numRuns: 150 });
  });
});
