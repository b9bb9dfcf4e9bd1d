import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { generate } from "../../src/decoding/generate.ts";
import { seededRandom } from "../../src/decoding/random.ts";
import { firstOf } from "../../src/drafters/first-of.ts";
import { NgramDrafter } from "../../src/drafters/ngram.ts";
import type { FakeModelSpec } from "../../src/engine/fake/spec.ts";
import { samplers, specs, stopTextsOf, tokensOf } from "../support/arbitraries.ts";
import { emittedIn, generateOptions, run, substance } from "../support/collect.ts";
import { greedy } from "../support/fake.ts";
import { fakeHeadsPair } from "../support/fake-heads.ts";
import { plainGreedy } from "../support/plain.ts";

const kinds = ["parallel", "chained"] as const;

function casesOf(spec: FakeModelSpec) {
  return fc.record({
    spec: fc.constant(spec),
    prompt: tokensOf(spec, 30),
    stopTexts: stopTextsOf(spec),
    maxTokens: fc.integer({ min: 1, max: 40 }),
    room: fc.integer({ min: 0, max: 50 }),
    heads: fc.record({
      count: fc.integer({ min: 1, max: 6 }),
      agreement: fc.constantFrom(0, 0.6, 0.9, 1),
      headsCapacity: fc.constantFrom(6, 9, 20, 300),
      tokens: fc.option(
        fc.uniqueArray(fc.nat(spec.vocabularySize - 1), { minLength: 1 }).map(ascending),
        { nil: undefined },
      ),
    }),
    drafting: fc.record({
      draftLength: fc.integer({ min: 1, max: 8 }),
      topK: fc.integer({ min: 0, max: 4 }),
      // Drafted tokens beyond the depth; NaN for a chain.
      wider: fc.constantFrom(Number.NaN, 0, 1, 4, 12),
      pMin: fc.constantFrom(0, 0, 0.1, 0.5),
    }),
    seed: fc.nat(),
  });
}

function ascending(tokens: number[]): number[] {
  return tokens.sort((a, b) => a - b);
}

function settingsOf({ wider, ...drafting }: { wider: number; draftLength: number }) {
  return { ...drafting, treeSize: Number.isNaN(wider) ? 0 : drafting.draftLength + wider };
}

const cases = specs.chain(casesOf);

describe.each(kinds)("%s heads", (kind) => {
  test("of any quality and size emit plain decoding's tokens at temperature 0", async () => {
    const property = fc.asyncProperty(cases, async (given) => {
      const { spec, room, heads, drafting, prompt, maxTokens, stopTexts } = given;
      const capacity = prompt.length + room;
      const pair = fakeHeadsPair({ target: spec, kind, capacity, ...without(heads) });
      const settings = { ...settingsOf(drafting), prompt, maxTokens, stopTexts, sampler: greedy };
      const { tokens, text, done } = await run({ ...pair, ...settings });
      const plain = plainGreedy({ spec, capacity, prompt, maxTokens, stopTexts });
      expect({ tokens, text, reason: done.reason }).toEqual(plain);
    });
    await fc.assert(property, { numRuns: 500 });
  });

  test("are always right where they know the language, behind lookups too", async () => {
    let byHeads = 0;
    const property = fc.asyncProperty(cases, fc.boolean(), async (given, afterLookup) => {
      const { spec, heads, drafting, prompt, maxTokens } = given;
      const { count } = heads;
      const pair = fakeHeadsPair({ target: spec, kind, count, agreement: 1 });
      const ngram = new NgramDrafter({ min: 2, max: 4 });
      const drafter = afterLookup ? firstOf([ngram, pair.drafter]) : pair.drafter;
      const { draftLength } = drafting;
      const { rounds } = await run({ ...pair, drafter, prompt, maxTokens, draftLength });
      for (const { drafted, accepted, emitted, drafter } of rounds.slice(0, -1)) {
        // All passes but the last have room for a draft, and heads always have one.
        expect(drafted.length).toBeGreaterThan(0);
        if (drafter !== "heads") continue;
        byHeads++;
        expect(drafted.length).toBeLessThanOrEqual(Math.min(draftLength, count));
        expect(accepted).toBe(drafted.length);
        expect(emitted).toHaveLength(accepted + 1);
      }
    });
    await fc.assert(property, { numRuns: 200 });
    expect(byHeads).toBeGreaterThan(100);
  });

  test("left at any event, serve the next text as fresh ones do", async () => {
    const other = fc.record({ at: fc.nat(15), sampler: samplers, greedily: fc.boolean() });
    const property = fc.asyncProperty(cases, other, async (given, { at, sampler, greedily }) => {
      const { spec, heads, drafting, prompt, maxTokens, seed } = given;
      const open = () => fakeHeadsPair({ target: spec, kind, ...without(heads) });
      const settings = () => ({
        ...settingsOf(drafting),
        ...{ maxTokens, random: seededRandom(seed), sampler: greedily ? greedy : sampler },
      });
      const pair = open();
      let events = 0;
      for await (const _ of generate(generateOptions({ ...pair, ...settings(), prompt }))) {
        if (events++ >= at) break;
      }
      const next = [...prompt, ...prompt].reverse();
      const fresh = await run({ ...open(), ...settings(), prompt: next });
      const again = await run({ ...pair, ...settings(), prompt: next });
      expect(substance(again)).toEqual(substance(fresh));
    });
    await fc.assert(property, { numRuns: 300 });
  });
});

test("chained heads hold what the first of them read along the text, and nothing of a draft", async () => {
  const property = fc.asyncProperty(cases, samplers, async (given, sampler) => {
    const { spec, heads, drafting, prompt, maxTokens, seed } = given;
    const pair = fakeHeadsPair({ target: spec, kind: "chained", ...without(heads) });
    const random = seededRandom(seed);
    const settings = { ...settingsOf(drafting), sampler, random, prompt, maxTokens };
    const text = [...prompt];
    for await (const event of generate(generateOptions({ ...pair, ...settings }))) {
      text.push(...emittedIn(event).map(({ token }) => token));
      const rows = pair.sequence.rows;
      let previous = prompt.length - 2;
      for (const { read, name } of rows) {
        const { position, current, head } = read.state;
        expect(head).toBe(0);
        expect(read.head).toBe(1);
        expect(current).toBe(text[position]);
        expect(name).toBe(text[position + 1]);
        // Without a gap where the cache is large enough.
        if (heads.headsCapacity === 300) expect(position).toBe(previous + 1);
        else expect(position).toBeGreaterThan(previous);
        previous = position;
      }
      if (heads.headsCapacity === 300 && event.type === "round" && event.drafted.length > 0) {
        // All that was emitted before this pass.
        expect(rows.length).toBe(text.length - prompt.length - event.emitted.length);
      }
    }
  });
  await fc.assert(property, { numRuns: 300 });
});

/** An option that is undefined is left out. */
function without<T extends { tokens: number[] | undefined }>({ tokens, ...rest }: T) {
  return { ...rest, ...(tokens && { tokens }) };
}
