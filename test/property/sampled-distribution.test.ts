import { describe, expect, test } from "vitest";
import { seededRandom } from "../../src/decoding/random.ts";
import type { SamplerSettings } from "../../src/decoding/sampler.ts";
import { noDrafter } from "../../src/drafters/none.ts";
import type { FakeModelSpec } from "../../src/engine/fake/spec.ts";
import { chiSquared } from "../support/chi-squared.ts";
import { run } from "../support/collect.ts";
import { adversaries, samplingTreeDrafter } from "../support/drafters.ts";
import { fakePair, fakeSpec, logitsAfter, plainSampling } from "../support/fake.ts";
import { fakeHeadsPair } from "../support/fake-heads.ts";
import { naiveDistribution } from "../support/naive-sampler.ts";

const samples = 6000;
const length = 3;
const prompt = [1, 3, 4];
const spec = fakeSpec({ vocabularySize: 6, sharpness: 1.2, endBias: -0.5, seed: 11 });
const filtered = { temperature: 0.8, topK: 4, topP: 0.9, minP: 0.05 };

/** Probability of each text of up to three tokens. */
function expectedTexts(sampler: SamplerSettings): Map<string, number> {
  const texts = new Map<string, number>();
  const extend = (tokens: readonly number[], probability: number): void => {
    if (probability === 0) return;
    if (tokens.length === length || tokens.at(-1) === 0) {
      texts.set(tokens.join(" "), probability);
      return;
    }
    naiveDistribution(logitsAfter(spec, [...prompt, ...tokens]), sampler).forEach((p, token) => {
      extend([...tokens, token], probability * p);
    });
  };
  extend([], 1);
  return texts;
}

type Options = Partial<Parameters<typeof run>[0]>;

async function sampledTexts(options: Options & { random: () => number }) {
  const counts = new Map<string, number>();
  const pair = fakePair({ target: spec, agreement: 0.5 });
  let accepted = 0;
  for (let i = 0; i < samples; i++) {
    const result = await run({ ...pair, prompt, maxTokens: length, ...options });
    for (const round of result.rounds) accepted += round.accepted;
    const key = result.tokens.join(" ");
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return { counts, accepted };
}

describe("the texts of many runs are distributed as the target's own", () => {
  const independent: FakeModelSpec = { ...spec, seed: 99 };
  const withHeads = (kind: "parallel" | "chained") =>
    fakeHeadsPair({ target: spec, kind, count: 2, agreement: 0.5 });
  const halfHeads = fakeHeadsPair({
    ...{ target: spec, kind: "chained", count: 2, agreement: 0.9, tokens: [0, 2, 5] },
  });
  const withoutTwo = fakePair({ target: spec, agreement: 0.5, excluded: [2, 5] });
  const ways: [string, Options][] = [
    ["plain decoding", { draftLength: 0, drafter: noDrafter }],
    ["a draft model", { draftLength: 2 }],
    ["a draft model's two likeliest candidates", { draftLength: 2, topK: 2 }],
    ["a draft model's likeliest candidate", { draftLength: 2, topK: 1 }],
    ["a draft model's tree", { draftLength: 2, treeSize: 4, topK: 3 }],
    ["a draft model's tree with p-min", { draftLength: 3, treeSize: 5, topK: 0, pMin: 0.3 }],
    ["a draft model without two of the tokens", { draftLength: 2, ...withoutTwo }],
    ["its two likeliest candidates", { draftLength: 2, topK: 2, ...withoutTwo }],
    ["its tree", { draftLength: 2, treeSize: 5, topK: 0, ...withoutTwo }],
    ["parallel heads", { draftLength: 2, ...withHeads("parallel") }],
    ["a tree of parallel heads", { draftLength: 2, treeSize: 5, ...withHeads("parallel") }],
    ["chained heads", { draftLength: 2, topK: 3, ...withHeads("chained") }],
    ["a tree of chained heads", { draftLength: 2, treeSize: 5, ...withHeads("chained") }],
    ["heads that propose half of the tokens", { draftLength: 2, treeSize: 4, ...halfHeads }],
    ["trees drawn without replacement", { drafter: samplingTreeDrafter(independent, 3, 2) }],
    ["random trees", { drafter: adversaries["random trees"](spec, 5) }],
  ];
  for (const [name, options] of ways) {
    test.each([
      ["no filter", plainSampling],
      ["every filter", filtered],
    ])(`${name}, %s`, async (_, sampler) => {
      const random = seededRandom(20_240_607);
      const given = { draftLength: 2, ...options, sampler, random };
      const { counts, accepted } = await sampledTexts(given);
      const { pValue, degrees } = chiSquared(counts, expectedTexts(sampler));
      expect(degrees).toBeGreaterThan(10);
      // The seed is fixed, so this does not come and go; a wrong rule gives less than 1e-9.
      expect(pValue).toBeGreaterThan(0.001);
      if (given.draftLength > 0) expect(accepted).toBeGreaterThan(samples / 10);
    });
  }

  test("and the test would notice samples of another temperature", async () => {
    const random = seededRandom(20_240_607);
    const sampler = { ...plainSampling, temperature: 1.15 };
    const { counts } = await sampledTexts({ sampler, random, draftLength: 0, drafter: noDrafter });
    expect(chiSquared(counts, expectedTexts(plainSampling)).pValue).toBeLessThan(1e-6);
  });
});
