import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DraftController } from "../../src/decoding/control/controller.ts";
import type { Drafter } from "../../src/decoding/drafter.ts";
import { seededRandom } from "../../src/decoding/random.ts";
import { firstOf } from "../../src/drafters/first-of.ts";
import { NgramDrafter } from "../../src/drafters/ngram.ts";
import type { FakeModelSpec } from "../../src/engine/fake/spec.ts";
import { fakeVocabulary } from "../../src/engine/fake/vocabulary.ts";
import { specs, stopTextsOf, tokensOf } from "../support/arbitraries.ts";
import { type Run, run } from "../support/collect.ts";
import { adversaries } from "../support/drafters.ts";
import { fakePair, fakeSequence, fakeSpec, greedy } from "../support/fake.ts";
import { type PlainOptions, plainGreedy } from "../support/plain.ts";

const cases = specs.chain((spec) =>
  fc.record({
    spec: fc.constant(spec),
    prompt: tokensOf(spec, 40),
    stopTexts: stopTextsOf(spec),
    maxTokens: fc.integer({ min: 1, max: 40 }),
    room: fc.integer({ min: 0, max: 50 }),
    draftLength: fc.integer({ min: 1, max: 8 }),
    seed: fc.nat(),
  }),
);

function expectPlain({ tokens, text, done }: Run, options: PlainOptions): void {
  expect({ tokens, text, reason: done.reason }).toEqual(plainGreedy(options));
}

describe("at temperature 0 the output is plain decoding's", () => {
  test("for draft length 0", async () => {
    const property = fc.asyncProperty(cases, async ({ spec, room, ...rest }) => {
      const capacity = rest.prompt.length + room;
      const target = fakeSequence(spec, { capacity });
      const plain = { ...rest, draftLength: 0, target, text: fakeVocabulary(spec) };
      const result = await run(plain);
      expectPlain(result, { spec, capacity, ...rest });
      expect(result.rounds.every(({ drafted }) => drafted.length === 0)).toBe(true);
    });
    await fc.assert(property, { numRuns: 200 });
  });

  test("for whatever a controller makes of any costs, with or without a look-up", async () => {
    const times = fc.array(fc.double({ min: 0.01, max: 9, noNaN: true }), {
      minLength: 2,
      maxLength: 8,
    });
    const more = fc.record({
      agreement: fc.constantFrom(0, 0.5, 0.8, 1),
      free: fc.boolean(),
      trees: fc.boolean(),
      target: times,
      draft: times,
    });
    const property = fc.asyncProperty(cases, more, async (given, world) => {
      const { spec, room, ...rest } = given;
      const capacity = rest.prompt.length + room;
      const pair = fakePair({ target: spec, capacity, agreement: world.agreement });
      const batches = (all: readonly number[]) => all.map((ms, i) => ({ tokens: i + 1, ms }));
      const model = { batches: batches(world.draft), stepMs: world.draft[0] ?? 1 };
      const { free } = world;
      const controller = new DraftController({ target: batches(world.target), model, free });
      const lookUp = new NgramDrafter({ min: 1, max: 3 });
      const drafter = free ? firstOf([lookUp, pair.drafter]) : pair.drafter;
      const treeSize = world.trees ? rest.draftLength + 3 : 0;
      // One controller serves several texts.
      for (let i = 0; i < 2; i++) {
        const options = { ...pair, ...rest, drafter, controller, treeSize, topK: 2 };
        const result = await run({ ...options, sampler: greedy });
        expectPlain(result, { spec, capacity, ...rest });
        for (const { plan, drafted } of result.rounds) {
          expect(drafted.length).toBeLessThanOrEqual(plan?.size ?? 0);
          if (plan?.probe) expect(drafted.length).toBeGreaterThan(0);
        }
      }
    });
    await fc.assert(property, { numRuns: 300 });
  });

  test("for any draft model, draft length, tree, candidate filter, p-min and size of either context", async () => {
    const more = fc.record({
      agreement: fc.constantFrom(0, 0.5, 0.8, 0.95, 1),
      topK: fc.integer({ min: 0, max: 5 }),
      // Drafted tokens beyond the depth; NaN for a chain.
      wider: fc.constantFrom(Number.NaN, 0, 1, 4, 20),
      pMin: fc.constantFrom(0, 0.1, 0.5),
      smallerBy: fc.integer({ min: 0, max: 30 }),
    });
    const property = fc.asyncProperty(
      cases,
      more,
      async (given, { topK, wider, pMin, ...draft }) => {
        const { spec, room, ...rest } = given;
        const capacity = rest.prompt.length + room;
        const draftCapacity = Math.max(rest.prompt.length, capacity - draft.smallerBy);
        const pair = fakePair({
          target: spec,
          capacity,
          draftCapacity,
          agreement: draft.agreement,
        });
        const treeSize = Number.isNaN(wider) ? 0 : rest.draftLength + wider;
        const drafting = { topK, treeSize, pMin };
        const result = await run({ ...pair, ...rest, ...drafting, sampler: greedy });
        expectPlain(result, { spec, capacity, ...rest });
      },
    );
    await fc.assert(property, { numRuns: 500 });
  });

  const drafters: [string, (spec: FakeModelSpec, seed: number) => Drafter][] =
    Object.entries(adversaries);
  test.each(drafters)("for a drafter that proposes %s", async (_, makeDrafter) => {
    const property = fc.asyncProperty(cases, async ({ spec, room, seed, ...rest }) => {
      const capacity = rest.prompt.length + room;
      const target = fakeSequence(spec, { capacity });
      const drafter = makeDrafter(spec, seed);
      const result = await run({ ...rest, target, drafter, text: fakeVocabulary(spec) });
      expectPlain(result, { spec, capacity, ...rest });
    });
    await fc.assert(property, { numRuns: 200 });
  });

  test("for a draft model with another language and a larger vocabulary", async () => {
    const property = fc.asyncProperty(cases, specs, async ({ spec, room, ...rest }, other) => {
      const capacity = rest.prompt.length + room;
      const target = { ...spec, vocabularySize: Math.min(spec.vocabularySize, 9) };
      const prompt = rest.prompt.map((token) => token % target.vocabularySize);
      const draft = { ...other, vocabularySize: Math.max(other.vocabularySize, 9) };
      const pair = fakePair({ target, draft, capacity });
      const result = await run({ ...pair, ...rest, prompt });
      expectPlain(result, { spec: target, capacity, ...rest, prompt });
    });
    await fc.assert(property, { numRuns: 200 });
  });
});

describe("with tokens that mean something else to the draft model", () => {
  const differing = cases.chain((given) =>
    fc.record({
      given: fc.constant(given),
      excluded: fc.subarray([...Array(given.spec.vocabularySize).keys()], {
        minLength: 1,
        maxLength: given.spec.vocabularySize - 1,
      }),
      smallerBy: fc.constantFrom(0, 0, 1, 2),
      agreement: fc.constantFrom(0.5, 0.9, 1),
      topK: fc.integer({ min: 0, max: 5 }),
      // Drafted tokens beyond the depth; NaN for a chain.
      wider: fc.constantFrom(Number.NaN, 0, 4, 20),
      pMin: fc.constantFrom(0, 0.1),
    }),
  );
  const samplings = fc.constantFrom(greedy, { temperature: 1, topK: 0, topP: 0.9, minP: 0 });

  test("they are never drafted and never read by it, and at temperature 0 the output is plain's", async () => {
    const property = fc.asyncProperty(differing, samplings, async (each, sampler) => {
      const { excluded, topK, wider, pMin, agreement } = each;
      const { spec, room, seed, ...rest } = each.given;
      const vocabularySize = spec.vocabularySize - each.smallerBy;
      const isShared = (token: number) => token < vocabularySize && !excluded.includes(token);
      fc.pre([...Array(vocabularySize).keys()].some(isShared));
      const capacity = rest.prompt.length + room;
      const draft = { ...spec, agreement, vocabularySize };
      const pair = fakePair({ target: spec, draft, excluded, capacity });
      const treeSize = Number.isNaN(wider) ? 0 : rest.draftLength + wider;
      const drafting = { topK, treeSize, pMin, sampler, random: seededRandom(seed) };
      const result = await run({ ...pair, ...rest, ...drafting });
      for (const { drafted } of result.rounds) {
        for (const { token } of drafted) expect(isShared(token)).toBe(true);
      }
      expect(pair.draft.tokens.every(isShared)).toBe(true);
      if (sampler === greedy) expectPlain(result, { spec, capacity, ...rest });
    });
    await fc.assert(property, { numRuns: 500 });
  });

  test("they do not end drafting, whether they are in the prompt or in the text", async () => {
    const spec = fakeSpec({ vocabularySize: 60, endBias: -1000, seed: 5 });
    const prompt = [1, 3, 5];
    const plain = plainGreedy({ spec, prompt, maxTokens: 60 }).tokens;
    const excluded = [3, plain[2] as number, plain[9] as number];
    const pair = fakePair({ target: spec, excluded, agreement: 1 });
    const { tokens, rounds } = await run({ ...pair, prompt, draftLength: 3, maxTokens: 60 });
    expect(tokens).toEqual(plain);
    // The last rounds have no room for a draft.
    expect(rounds.slice(0, -2).every(({ drafted }) => drafted.length > 0)).toBe(true);
    expect(rounds.reduce((sum, { accepted }) => sum + accepted, 0)).toBeGreaterThan(20);
  });
});

describe("with the target as its own draft model", () => {
  test("every drafted token is accepted", async () => {
    const property = fc.asyncProperty(cases, async ({ spec, room: _, ...rest }) => {
      const pair = fakePair({ target: spec, agreement: 1 });
      const { rounds } = await run({ ...pair, ...rest });
      for (const { rejected } of rounds) expect(rejected).toBeUndefined();
      for (const { drafted, accepted } of rounds.slice(0, -1)) {
        expect(accepted).toBe(drafted.length);
      }
    });
    await fc.assert(property, { numRuns: 100 });
  });

  test("above temperature 0 too, whatever the seed", async () => {
    const sampler = { temperature: 1, topK: 0, topP: 0.9, minP: 0.02 };
    const property = fc.asyncProperty(cases, async ({ spec, room: _, seed, ...rest }) => {
      const pair = fakePair({ target: spec, agreement: 1 });
      const { rounds } = await run({ ...pair, ...rest, sampler, random: seededRandom(seed) });
      for (const { rejected } of rounds) expect(rejected).toBeUndefined();
    });
    await fc.assert(property, { numRuns: 100 });
  });
});
