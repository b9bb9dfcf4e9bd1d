import { describe, expect, test } from "vitest";
import { run } from "../../support/collect.ts";
import { fakeSpec } from "../../support/fake.ts";
import { fakeHeadsPair } from "../../support/fake-heads.ts";
import { plainGreedy } from "../../support/plain.ts";

// Without an end token in reach, so that drafts are as long as was asked for.
const target = fakeSpec({ endBias: -1000 });
const prompt = [1, 3, 5];
const kinds = ["parallel", "chained"] as const;
const perfect = { target, count: 4, agreement: 1 };

describe.each(kinds)("%s heads", (kind) => {
  test("that know the target's language are always right", async () => {
    for (let draftLength = 1; draftLength <= 6; draftLength++) {
      const pair = fakeHeadsPair({ ...perfect, kind });
      const { rounds, tokens } = await run({ ...pair, prompt, draftLength });
      expect(tokens).toEqual(plainGreedy({ spec: target, prompt, maxTokens: 24 }).tokens);
      for (const { drafted, accepted } of rounds.slice(0, -1)) {
        expect(drafted).toHaveLength(Math.min(draftLength, 4));
        expect(accepted).toBe(drafted.length);
      }
    }
  });

  test("propose in a tree what lies on the likeliest paths", async () => {
    const pair = fakeHeadsPair({ ...perfect, kind });
    const drafting = { draftLength: 3, treeSize: 9, topK: 3 };
    const { rounds } = await run({ ...pair, prompt, ...drafting });
    for (const { drafted, accepted } of rounds.slice(0, -1)) {
      expect(drafted).toHaveLength(9);
      expect(accepted).toBeGreaterThan(0);
    }
    expect(rounds.some(({ accepted }) => accepted === 3)).toBe(true);
  });
});
