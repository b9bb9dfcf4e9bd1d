import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { seededRandom } from "../../src/decoding/random.ts";
import type {
  Evaluation,
  MaybePromise,
  TokenBatch,
  TokenSequence,
} from "../../src/decoding/sequence.ts";
import { DraftModelDrafter } from "../../src/drafters/draft-model.ts";
import { allShared } from "../../src/drafters/shared-tokens.ts";
import { samplers, specs, tokensOf } from "../support/arbitraries.ts";
import { run } from "../support/collect.ts";
import { fakePair, fakeSequence, fakeSpec, greedy, plainSampling } from "../support/fake.ts";

const cases = specs.chain((spec) =>
  fc.record({
    spec: fc.constant(spec),
    prompt: tokensOf(spec, 70),
    sampler: fc.oneof(fc.constant(greedy), samplers),
    seed: fc.nat(),
    draftLength: fc.integer({ min: 0, max: 6 }),
    maxTokens: fc.integer({ min: 1, max: 30 }),
    topK: fc.integer({ min: 0, max: 3 }),
  }),
);

/** Passes everything on and notes what is evaluated. */
function recording(sequence: TokenSequence) {
  const batches: TokenBatch[] = [];
  const recorder: TokenSequence = {
    get tokens() {
      return sequence.tokens;
    },
    get settled() {
      return sequence.settled;
    },
    canRollBack: sequence.canRollBack,
    vocabularySize: sequence.vocabularySize,
    capacity: sequence.capacity,
    batchSize: sequence.batchSize,
    maxOutputs: sequence.maxOutputs,
    prefillChunk: sequence.prefillChunk,
    maxBranches: sequence.maxBranches,
    evaluate: (batch): MaybePromise<Evaluation> => {
      batches.push(batch);
      return sequence.evaluate(batch);
    },
    grow: (batch): MaybePromise<Evaluation> => {
      batches.push(batch);
      return sequence.grow(batch);
    },
    truncate: (length) => sequence.truncate(length),
    keep: (path) => sequence.keep(path),
  };
  return { recorder, batches };
}

describe("the same seed", () => {
  test("gives the same events, on a fresh session as on a used one", async () => {
    const property = fc.asyncProperty(cases, async ({ spec, seed, ...rest }) => {
      const one = fakePair({ target: spec });
      const other = fakePair({ target: spec });
      const events = async (pair: typeof one) =>
        (await run({ ...pair, ...rest, random: seededRandom(seed) })).events;
      const first = await events(one);
      expect(await events(other)).toEqual(first);
      const rounds = (all: typeof first) => all.filter(({ type }) => type === "round");
      expect(rounds(await events(one))).toEqual(rounds(first));
    });
    await fc.assert(property, { numRuns: 200 });
  });

  test("and another seed gives another text", async () => {
    const texts = [1, 2, 3].map(async (seed) => {
      const pair = fakePair({ target: fakeSpec() });
      const random = seededRandom(seed);
      const { tokens } = await run({ ...pair, prompt: [1], sampler: plainSampling, random });
      return tokens.join(" ");
    });
    expect(new Set(await Promise.all(texts)).size).toBe(3);
  });
});

describe("with whole chunks", () => {
  test("a warm prefill evaluates the batches that a cold one evaluates", async () => {
    const property = fc.asyncProperty(cases, async ({ spec, seed, ...rest }) => {
      const target = recording(fakeSequence(spec));
      const draft = recording(fakeSequence({ ...spec, agreement: 0.8 }));
      const drafter = new DraftModelDrafter({
        sequence: draft.recorder,
        shared: allShared(spec.vocabularySize),
        wholeChunks: true,
      });
      const text = fakePair({ target: spec }).text;
      const turn = async () => {
        const from = [target.batches.length, draft.batches.length];
        const given = { target: target.recorder, drafter, text, wholeChunks: true };
        await run({ ...given, ...rest, random: seededRandom(seed) });
        return [target.batches.slice(from[0]), draft.batches.slice(from[1])];
      };
      const cold = await turn();
      const warm = await turn();
      const chunk = target.recorder.prefillChunk;
      const reusedChunks = Math.floor((rest.prompt.length - 1) / chunk);
      cold.forEach((batches, i) => {
        const expected = batches.length === 0 ? [] : batches.slice(reusedChunks);
        expect(warm[i]).toEqual(expected);
      });
    });
    await fc.assert(property, { numRuns: 200 });
  });

  test("without them a warm prefill evaluates the last token only", async () => {
    const property = fc.asyncProperty(cases, async ({ spec, prompt }) => {
      const { recorder, batches } = recording(fakeSequence(spec));
      const text = fakePair({ target: spec }).text;
      await run({ target: recorder, text, prompt, maxTokens: 1 });
      const cold = batches.length;
      await run({ target: recorder, text, prompt, maxTokens: 1 });
      expect(batches.slice(cold).map(({ tokens }) => tokens)).toEqual([prompt.slice(-1)]);
    });
    await fc.assert(property, { numRuns: 50 });
  });
});
