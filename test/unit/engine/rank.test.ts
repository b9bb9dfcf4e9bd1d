import { describe, expect, test } from "vitest";
import { allShared } from "../../../src/drafters/shared-tokens.ts";
import { rankAlong } from "../../../src/engine/rank.ts";
import { rankContract } from "../../contract/rank-contract.ts";
import { run } from "../../support/collect.ts";
import { fakePair, fakeSequence, fakeSpec, greedy, sharedTokens } from "../../support/fake.ts";

const spec = fakeSpec({ vocabularySize: 60, seed: 4, endBias: -99 });
const prompt = [1, 7, 9, 12];

async function written(): Promise<readonly number[]> {
  const { target, text } = fakePair({ target: spec });
  const { tokens } = await run({ target, text, prompt, maxTokens: 90, sampler: greedy });
  return tokens;
}

const options = async (capacity: number, vocabularySize = spec.vocabularySize) => ({
  sequence: fakeSequence({ ...spec, agreement: 0.8, vocabularySize }, { capacity }),
  shared: allShared(vocabularySize),
  isEog: (token: number) => token === 0,
  ...{ prompt, topK: 3, goOn: 2 },
  tokens: await written(),
});

describe("on the fake engine", () => {
  rankContract(async () => ({ ...(await options(256)), tolerance: 0 }));
});

test("tokens that the draft does not share are no candidates, and are not read", async () => {
  const tokens = await written();
  const [excluded, other] = tokens as [number, number];
  const largest = Math.max(...tokens);
  const asked = await options(256, largest);
  const [, inPrompt] = prompt as [number, number];
  const differing = new Set([excluded, other, inPrompt]);
  const shared = sharedTokens(largest, [...differing]);
  const positions = await rankAlong({ ...asked, shared, topK: 60 });
  expect(positions).toHaveLength(tokens.length);
  const candidates = new Set(positions.flatMap(({ ids }) => ids));
  for (const token of [...differing, largest]) expect(candidates).not.toContain(token);
  expect(candidates.size).toBe(largest - differing.size);
  const read = prompt.map((token) => (differing.has(token) ? shared.standIn : token));
  expect(asked.sequence.tokens.slice(0, prompt.length)).toEqual(read);
  expect(positions.filter(({ ids }, i) => ids[0] === tokens[i]).length).toBeGreaterThan(9);
});

describe("ranking ends", () => {
  test("where the context does, with the one token that is never evaluated", async () => {
    expect(await rankAlong(await options(prompt.length + 20))).toHaveLength(21);
    expect(await rankAlong(await options(prompt.length))).toHaveLength(1);
    expect(await rankAlong(await options(prompt.length - 1))).toEqual([]);
  });

  test("before it begins where there is no text", async () => {
    expect(await rankAlong({ ...(await options(256)), tokens: [] })).toEqual([]);
  });
});
