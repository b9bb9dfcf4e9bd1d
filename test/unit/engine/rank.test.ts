import { describe, expect, test } from "vitest";
import { rankAlong } from "../../../src/engine/rank.ts";
import { rankContract } from "../../contract/rank-contract.ts";
import { run } from "../../support/collect.ts";
import { fakePair, fakeSequence, fakeSpec, greedy } from "../../support/fake.ts";

const spec = fakeSpec({ vocabularySize: 60, seed: 4, endBias: -99 });
const prompt = [1, 7, 9, 12];

async function written(): Promise<readonly number[]> {
  const { target, text } = fakePair({ target: spec });
  const { tokens } = await run({ target, text, prompt, maxTokens: 90, sampler: greedy });
  return tokens;
}

const options = async (capacity: number, vocabularySize = spec.vocabularySize) => ({
  sequence: fakeSequence({ ...spec, agreement: 0.8, vocabularySize }, { capacity }),
  sharedVocabularySize: vocabularySize,
  isEog: (token: number) => token === 0,
  ...{ prompt, topK: 3, goOn: 2 },
  tokens: await written(),
});

describe("on the fake engine", () => {
  rankContract(async () => ({ ...(await options(256)), tolerance: 0 }));
});

describe("ranking ends", () => {
  test("where the context does, with the one token that is never evaluated", async () => {
    expect(await rankAlong(await options(prompt.length + 20))).toHaveLength(21);
    expect(await rankAlong(await options(prompt.length))).toHaveLength(1);
    expect(await rankAlong(await options(prompt.length - 1))).toEqual([]);
  });

  test("at the first token that the draft does not have", async () => {
    const asked = await options(256);
    const largest = Math.max(...asked.tokens);
    const smaller = await options(256, largest);
    expect(await rankAlong(smaller)).toHaveLength(asked.tokens.indexOf(largest) + 1);
  });

  test("before it begins where there is no text", async () => {
    expect(await rankAlong({ ...(await options(256)), tokens: [] })).toEqual([]);
  });
});
