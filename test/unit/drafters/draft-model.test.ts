import { describe, expect, test } from "vitest";
import { probabilityOf } from "../../../src/decoding/distribution.ts";
import type { Draft, DraftRequest } from "../../../src/decoding/drafter.ts";
import { seededRandom } from "../../../src/decoding/random.ts";
import { DraftModelDrafter } from "../../../src/drafters/draft-model.ts";
import type { FakeModelSpec } from "../../../src/engine/fake/spec.ts";
import { run } from "../../support/collect.ts";
import {
  fakePair,
  fakeSequence,
  fakeSpec,
  greedy,
  logitsAfter,
  noRandom,
  plainSampling,
  sharedTokens,
} from "../../support/fake.ts";
import { naiveCandidates, naiveDistribution } from "../../support/naive-sampler.ts";
import { plainGreedy } from "../../support/plain.ts";

// Without an end token in reach, so that drafts are as long as was asked for.
const spec = fakeSpec({ endBias: -1000 });
const prompt = [1, 3, 5];

function request(settings: Partial<DraftRequest> = {}): DraftRequest {
  return {
    maxLength: 4,
    maxSize: 64,
    tree: false,
    pMin: 0,
    pGrow: 0,
    topK: 0,
    sampler: greedy,
    random: noRandom,
    isEog: () => false,
    ...settings,
  };
}

async function begun(
  options: {
    capacity?: number;
    shared?: number;
    excluded?: readonly number[];
    of?: FakeModelSpec;
    last?: number;
  } = {},
) {
  const { capacity = 64, shared = 8, excluded = [], of = spec, last = 4 } = options;
  const steps: number[] = [];
  const sequence = fakeSequence({ ...of, stepMs: 1 }, { capacity, wait: (ms) => steps.push(ms) });
  const drafter = new DraftModelDrafter({
    sequence,
    shared: sharedTokens(shared, excluded),
  });
  for await (const _ of drafter.begin(prompt));
  await drafter.observe({ emitted: [last], path: [] });
  steps.length = 0;
  return { sequence, drafter, steps };
}

/** The model's own greedy continuation. */
function continuation(length: number, known = [...prompt, 4]): number[] {
  return [...plainGreedy({ spec, prompt: known, maxTokens: length }).tokens];
}

describe("greedy", () => {
  test("proposes the model's own continuation as a chain", async () => {
    const { drafter } = await begun();
    const draft = await drafter.propose(request());
    expect(draft.tokens).toEqual(continuation(4));
    expect(draft.parents).toEqual([-1, 0, 1, 2]);
    expect(draft.distributions.every((from) => from === undefined)).toBe(true);
  });

  test("says how sure it is of each token over the whole vocabulary", async () => {
    const { drafter } = await begun();
    const { tokens, q } = await drafter.propose(request({ topK: 1 }));
    const known = [...prompt, 4];
    tokens.forEach((token, i) => {
      const logits = logitsAfter(spec, [...known, ...tokens.slice(0, i)]);
      const sum = logits.reduce((all, logit) => all + Math.exp(logit), 0);
      expect(q[i]).toBeCloseTo(Math.exp(logits[token] as number) / sum, 6);
    });
  });

  test("takes one evaluation a token, and none for the last", async () => {
    const { drafter, steps, sequence } = await begun();
    await drafter.propose(request({ maxLength: 3 }));
    expect(steps.length).toBe(3);
    expect(sequence.tokens).toEqual([...prompt, 4, ...continuation(2)]);
  });

  test("stops behind a token that ends the text", async () => {
    const { drafter } = await begun();
    const all = continuation(4);
    const end = all.findLast((token) => token !== all.at(-1)) as number;
    const { tokens } = await drafter.propose(request({ isEog: (token) => token === end }));
    expect(tokens).toEqual(all.slice(0, all.indexOf(end) + 1));
    expect(tokens.length).toBeLessThan(4);
  });

  test("drafts no token that only its own vocabulary has", async () => {
    for (let last = 2; last < 8; last++) {
      const { drafter } = await begun({ shared: 5, last });
      const { tokens } = await drafter.propose(request());
      expect(Math.max(...tokens)).toBeLessThan(5);
    }
    const unbounded = Array.from({ length: 6 }, async (_, i) => {
      const { drafter } = await begun({ last: i + 2 });
      return (await drafter.propose(request())).tokens;
    });
    expect(Math.max(...(await Promise.all(unbounded)).flat())).toBeGreaterThan(4);
  });
});

describe("sampling", () => {
  test("says what each token was drawn from: the filtered, renormalised candidates", async () => {
    const { drafter } = await begun();
    const sampler = { ...plainSampling, temperature: 0.7, topP: 0.95 };
    const random = seededRandom(4);
    const draft: Draft = await drafter.propose(request({ sampler, topK: 2, random }));
    const known = [...prompt, 4];
    draft.tokens.forEach((token, i) => {
      const logits = logitsAfter(spec, [...known, ...draft.tokens.slice(0, i)]);
      const expected = naiveCandidates(naiveDistribution(logits, sampler), 2);
      const from = draft.distributions[i];
      expect(from?.size).toBeLessThanOrEqual(2);
      for (const id of logits.keys()) {
        const p = from === undefined ? Number.NaN : probabilityOf(from, id);
        expect(p).toBeCloseTo(expected[id] as number, 9);
      }
      expect(draft.q[i]).toBeCloseTo(expected[token] as number, 9);
    });
  });
});

describe("after a round the next proposal is that of the text", () => {
  test.each([
    ["nothing was accepted", 0],
    ["some was accepted", 2],
    ["all but the last was accepted", 3],
    ["all was accepted", 4],
  ])("%s", async (_, accepted) => {
    const { drafter, steps } = await begun();
    const { tokens } = await drafter.propose(request());
    const kept = tokens.slice(0, accepted);
    const own = accepted < 4 ? ((tokens[accepted] as number) % 6) + 2 : 3;
    await drafter.observe({ emitted: [...kept, own], path: [...kept.keys()] });
    steps.length = 0;
    const next = await drafter.propose(request({ maxLength: 2 }));
    expect(next.tokens).toEqual(continuation(2, [...prompt, 4, ...kept, own]));
    expect(steps.length).toBe(2);
  });

  test("rounds without a proposal go by", async () => {
    const { drafter } = await begun();
    await drafter.observe({ emitted: [7], path: [] });
    await drafter.observe({ emitted: [2], path: [] });
    const { tokens } = await drafter.propose(request());
    expect(tokens).toEqual(continuation(4, [...prompt, 4, 7, 2]));
  });
});

describe("a small context", () => {
  test.each([
    [8, 4],
    [6, 3],
    [5, 2],
    [4, 1],
    [3, 0],
  ])("of %d tokens has room for %d", async (capacity, length) => {
    const { drafter, sequence } = await begun({ capacity });
    const { tokens } = await drafter.propose(request());
    expect(tokens).toEqual(continuation(4).slice(0, length));
    expect(sequence.tokens.length).toBeLessThanOrEqual(capacity);
  });

  test("once full it proposes nothing and keeps quiet, and can begin again", async () => {
    const { drafter } = await begun({ capacity: 6 });
    for (let i = 0; i < 3; i++) {
      const { tokens } = await drafter.propose(request());
      await drafter.observe({ emitted: [...tokens, 2], path: [...tokens.keys()] });
    }
    expect(await drafter.propose(request())).toMatchObject({ tokens: [] });
    for await (const _ of drafter.begin([1]));
    await drafter.observe({ emitted: [4], path: [] });
    const { tokens } = await drafter.propose(request({ maxLength: 2 }));
    expect(tokens).toEqual(continuation(2, [1, 4]));
  });
});

test("reads a stand-in for tokens that it does not share, where they stand", async () => {
  const { drafter, sequence } = await begun({ shared: 7, excluded: [0, 5] });
  // The first token that is shared stands in for the others.
  expect(sequence.tokens).toEqual([1, 3, 1]);
  await drafter.observe({ emitted: [0, 7, 6], path: [] });
  await drafter.propose(request({ maxLength: 1 }));
  expect(sequence.tokens).toEqual([1, 3, 1, 4, 1, 1, 6]);
});

test("drafts from the renormalised rest where tokens are excluded", async () => {
  const excluded = [continuation(1)[0] as number, 7];
  const { drafter } = await begun({ excluded });
  const sampler = { ...plainSampling, topK: 5 };
  const draft = await drafter.propose(request({ sampler, maxLength: 1, random: seededRandom(4) }));
  const logits = logitsAfter(spec, [1, 3, 5, 4]);
  for (const token of excluded) logits[token] = Number.NEGATIVE_INFINITY;
  const expected = naiveDistribution(logits, sampler);
  const from = draft.distributions[0];
  for (const id of logits.keys()) {
    const p = from === undefined ? Number.NaN : probabilityOf(from, id);
    expect(p).toBeCloseTo(expected[id] as number, 9);
  }
});

test("a target with a larger vocabulary gets its own text", async () => {
  const target = fakeSpec({ vocabularySize: 12, seed: 3 });
  const pair = fakePair({ target, draft: { ...target, vocabularySize: 6 } });
  const { tokens } = await run({ ...pair, prompt, draftLength: 3 });
  expect(tokens).toEqual(plainGreedy({ spec: target, prompt, maxTokens: 24 }).tokens);
});

test("a prompt longer than the draft model's context ends drafting, not the run", async () => {
  const pair = fakePair({ target: spec, draftCapacity: 2 });
  const { tokens } = await run({ ...pair, prompt, draftLength: 3 });
  expect(tokens).toEqual(plainGreedy({ spec, prompt, maxTokens: 24 }).tokens);
});

test("catches up in batches that it takes, however much it was not asked about", async () => {
  const { drafter, sequence, steps } = await begun({ capacity: 2048 });
  const emitted = Array.from({ length: 1200 }, (_, i) => 2 + (i % 5));
  await drafter.observe({ emitted, path: [] });
  const { tokens } = await drafter.propose(
    request({ maxLength: 2, maxSize: 4, tree: true, topK: 2 }),
  );
  expect(tokens.length).toBeGreaterThan(2);
  expect(steps.length).toBeGreaterThan(1200 / sequence.prefillChunk);
  const best = continuation(2, [...prompt, 4, ...emitted]);
  expect(tokens).toEqual(expect.arrayContaining(best));
  const path = [tokens.indexOf(best[0] as number)];
  await drafter.observe({ emitted: [best[0] as number, 3], path });
  await drafter.propose(request());
  expect(sequence.tokens.slice(0, 1206)).toEqual([...prompt, 4, ...emitted, best[0], 3]);
});
