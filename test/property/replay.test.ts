import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Drafting } from "../../src/bench/drafting-effect.ts";
import { poolOf } from "../../src/bench/replay/beside-text.ts";
import type { Recording } from "../../src/bench/replay/recording.ts";
import { replay } from "../../src/bench/replay/replay.ts";
import type { Drafter } from "../../src/decoding/drafter.ts";
import type { GrowthBatch, TokenBatch, TokenSequence } from "../../src/decoding/sequence.ts";
import { type DrafterChoice, draftersOf } from "../../src/drafter-choice.ts";
import { DraftModelDrafter } from "../../src/drafters/draft-model.ts";
import { firstOf } from "../../src/drafters/first-of.ts";
import { NgramDrafter } from "../../src/drafters/ngram.ts";
import type { FakeModelSpec } from "../../src/engine/fake/spec.ts";
import { fakeVocabulary } from "../../src/engine/fake/vocabulary.ts";
import { lookUpAlong } from "../../src/engine/look-up.ts";
import { rankAlong } from "../../src/engine/rank.ts";
import { specs, tokensOf } from "../support/arbitraries.ts";
import { run } from "../support/collect.ts";
import { fakeSequence, fakeSpec, greedy, sharedTokens } from "../support/fake.ts";

const ngram = { min: 1, max: 3 };
const longest = 8;

const cases = specs.chain((spec) =>
  fc.record({
    spec: fc.constant(spec),
    agreement: fc.constantFrom(0, 0.5, 0.8, 0.95, 1),
    prompt: tokensOf(spec, 30),
    maxTokens: fc.integer({ min: 1, max: 40 }),
    room: fc.integer({ min: 0, max: 50 }),
    smallerBy: fc.constantFrom(0, 0, 3, 20),
    smallerVocabulary: fc.boolean(),
    excluded: fc.constantFrom([], [0], [1, 3]),
  }),
);

const draftings = fc.record({
  drafter: fc.constantFrom<DrafterChoice>("draft", "ngram", "ngram,draft", "draft,ngram"),
  draftLen: fc.integer({ min: 1, max: longest }),
  pMin: fc.constantFrom(0, 0.05, 0.2, 0.5, 0.9),
});

interface Case {
  readonly spec: FakeModelSpec;
  readonly agreement: number;
  readonly prompt: readonly number[];
  readonly maxTokens: number;
  readonly room: number;
  /** Tokens by which the draft's context is smaller. */
  readonly smallerBy: number;
  /** Whether the draft lacks the last token. */
  readonly smallerVocabulary: boolean;
  /** Ids that mean something else to the draft. */
  readonly excluded: readonly number[];
}

/** A draft model of its own for each purpose: nothing is left over from another one. */
function draftSequence({ spec, agreement, prompt, room, ...smaller }: Case): TokenSequence {
  const vocabularySize = spec.vocabularySize - (smaller.smallerVocabulary ? 1 : 0);
  const capacity = Math.max(1, prompt.length + room - smaller.smallerBy);
  return fakeSequence({ ...spec, agreement, vocabularySize }, { capacity });
}

async function record(given: Case, topK: number): Promise<Recording> {
  const { spec, prompt, maxTokens, room } = given;
  const text = fakeVocabulary(spec);
  const target = fakeSequence(spec, { capacity: prompt.length + room });
  const { tokens } = await run({ target, text, prompt, maxTokens, sampler: greedy });
  const sequence = draftSequence(given);
  const isEog = (token: number) => text.isEog(token);
  const shared = sharedTokens(sequence.vocabularySize, given.excluded);
  const asked = { prompt, tokens, topK, goOn: longest - 1, ngram };
  const positions = await rankAlong({ ...asked, sequence, shared, isEog });
  const lookUps = await lookUpAlong(prompt, asked, isEog);
  const draftRoom = sequence.capacity - prompt.length;
  const promptTokens = prompt.length;
  return { positions, lookUps, draftRoom, promptTokens, ends: [0], tokens, maxTokens, room };
}

/** A sequence that notes how many tokens each batch has. */
function counted(sequence: TokenSequence) {
  const evaluated: number[] = [];
  const grown: number[] = [];
  const watched = new Proxy(sequence, {
    get(target, name) {
      if (name === "evaluate") {
        return (batch: TokenBatch) => {
          if (batch.outputs !== "none") evaluated.push(batch.tokens.length);
          return target.evaluate(batch);
        };
      }
      if (name === "grow") {
        return (batch: GrowthBatch) => {
          grown.push(batch.tokens.length);
          return target.grow(batch);
        };
      }
      const value = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  return { watched, evaluated, grown };
}

function histogram(sizes: readonly number[]): number[] {
  const counts: number[] = [];
  for (const size of sizes) {
    while (counts.length <= size) counts.push(0);
    counts[size] = (counts[size] ?? 0) + 1;
  }
  return counts;
}

/** What a real run with the same setting came to. */
async function reality(given: Case, drafting: Drafting) {
  const { spec, prompt, maxTokens, room } = given;
  const { watched, evaluated, grown } = counted(draftSequence(given));
  const shared = sharedTokens(watched.vocabularySize, given.excluded);
  const drafters = draftersOf(drafting.drafter).map((name): Drafter => {
    if (name === "ngram") return new NgramDrafter(ngram);
    return new DraftModelDrafter({ sequence: watched, shared });
  });
  const { rounds } = await run({
    target: fakeSequence(spec, { capacity: prompt.length + room }),
    text: fakeVocabulary(spec),
    drafter: firstOf(drafters),
    draftLength: drafting.draftLen,
    ...{ prompt, maxTokens, sampler: greedy },
    ...{ topK: drafting.topK, treeSize: drafting.treeSize, pMin: drafting.pMin },
  });
  const sum = (value: (round: (typeof rounds)[number]) => number) =>
    rounds.reduce((total, round) => total + value(round), 0);
  return {
    passTokens: sum(({ emitted }) => emitted.length),
    passes: rounds.length,
    drafted: sum(({ drafted }) => drafted.length),
    accepted: sum(({ accepted }) => accepted),
    draftedPasses: rounds.filter(({ drafted }) => drafted.length > 0).length,
    verified: histogram(rounds.map(({ drafted }) => drafted.length + 1)),
    draftTokens: evaluated.reduce((total, size) => total + size, 0),
    draftBatches: evaluated.length,
    levels: histogram(grown),
  };
}

/** The same of a replay: a first batch and a step of one token look alike from outside. */
function replayed(recording: Recording, drafting: Drafting) {
  const pool = poolOf([recording]);
  const counts = replay(recording, { drafting, pool, maxBranches: 64 });
  const { caughtUp, steps, ...rest } = counts;
  return {
    ...rest,
    draftTokens: steps + caughtUp.reduce((total, times, size) => total + times * size, 0),
    draftBatches: steps + caughtUp.reduce((total, times) => total + times, 0),
  };
}

const chain = { adaptive: false, topK: 1, treeSize: 0, accept: "exact", temp: 0 } as const;

describe("a replayed run has the counts of a real one", () => {
  test("for chains of any drafter, draft length, p-min, context and vocabulary", async () => {
    const property = fc.asyncProperty(cases, draftings, async (given, values) => {
      const drafting = { ...chain, ...values };
      const recording = await record(given, 1);
      expect(replayed(recording, drafting)).toEqual(await reality(given, drafting));
    });
    await fc.assert(property, { numRuns: 1000 });
  });

  test("for trees of depth 1", async () => {
    const more = fc.record({
      topK: fc.integer({ min: 2, max: 4 }),
      treeSize: fc.integer({ min: 2, max: 6 }),
      pMin: fc.constantFrom(0, 0.05, 0.2),
    });
    const property = fc.asyncProperty(cases, more, async (given, values) => {
      const drafting = { ...chain, drafter: "draft", draftLen: 1, ...values } as const;
      const recording = await record(given, 4);
      expect(replayed(recording, drafting)).toEqual(await reality(given, drafting));
    });
    await fc.assert(property, { numRuns: 300 });
  });
});

describe("a replayed tree comes to about what a real one does", () => {
  const sizes = [
    [2, 4],
    [3, 6],
    [4, 8],
    [6, 16],
  ] as const;
  test.each([0.6, 0.75, 0.9])("where the draft agrees at %d", async (agreement) => {
    const given = (seed: number): Case => ({
      ...{ agreement, prompt: [1, 4, 5], maxTokens: 200, room: 250 },
      ...{ smallerBy: 0, smallerVocabulary: false, excluded: [] },
      spec: fakeSpec({ vocabularySize: 200, seed, sharpness: 4, endBias: -99 }),
    });
    const cases = [1, 2, 3, 4].map(given);
    const recordings = await Promise.all(cases.map((each) => record(each, 3)));
    const pool = poolOf(recordings);
    for (const [draftLen, treeSize] of sizes) {
      const shape = { draftLen, treeSize, topK: 3 };
      const drafting = { ...chain, drafter: "draft", ...shape, pMin: 0 } as const;
      const real = await Promise.all(cases.map((each) => reality(each, drafting)));
      const estimate = recordings.map((each) => replay(each, { drafting, pool, maxBranches: 64 }));
      const passes = (all: readonly { readonly passes: number }[]) =>
        all.reduce((sum, each) => sum + each.passes, 0);
      expect(Math.abs(passes(estimate) / passes(real) - 1)).toBeLessThan(0.03);
    }
  });
});
