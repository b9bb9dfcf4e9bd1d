import { describe, expect, test } from "vitest";
import { hiddenOf } from "../../../src/decoding/sequence.ts";
import { run } from "../../support/collect.ts";
import { fakeSpec, greedy, noRandom } from "../../support/fake.ts";
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

test("the probability of a token counts those that heads with fewer of them cannot propose", async () => {
  const tokens = [2, 4, 6];
  const given = { target, kind: "chained", count: 2, agreement: 1 } as const;
  const whole = fakeHeadsPair(given);
  const listed = fakeHeadsPair({ ...given, tokens });
  for (const pair of [whole, listed]) {
    for await (const _ of pair.drafter.begin());
    const outputs = await pair.target.evaluate({ tokens: prompt, outputs: "last", need: "logits" });
    const states = () => hiddenOf(outputs, 2);
    await pair.drafter.observe({ emitted: [4], path: [], states });
  }
  const request = {
    ...{ maxLength: 1, maxSize: 8, tree: true, pMin: 0, pGrow: 0, topK: 8 },
    ...{ sampler: greedy, random: noRandom, isEog: () => false },
  };
  const all = await whole.drafter.propose(request);
  const some = await listed.drafter.propose(request);
  expect([...some.tokens].sort()).toEqual(tokens);
  some.tokens.forEach((token, i) => {
    expect(some.q[i]).toBeCloseTo(all.q[all.tokens.indexOf(token)] as number, 5);
  });
});

describe("fake heads are strict", () => {
  const opened = async (kind: "parallel" | "chained") => {
    const pair = fakeHeadsPair({ ...perfect, kind });
    const outputs = await pair.target.evaluate({
      tokens: [1, 3, 5],
      outputs: "all",
      need: "greedy",
    });
    const states = [0, 1, 2].map((i) => Float32Array.from(hiddenOf(outputs, i)));
    const read = (state: number, head: number, token?: number) => {
      const input = Float32Array.from(states[state] as Float32Array);
      const parts = [pair.heads.offset(head), ...(token ? [pair.heads.embedding(token)] : [])];
      for (const part of parts) {
        part.forEach((number, i) => {
          input[i] = (input[i] as number) + number;
        });
      }
      return input;
    };
    const evaluate = async (inputs: Float32Array[], tokens: number[], parents?: number[]) =>
      pair.sequence.evaluate({
        ...{ inputs, tokens, outputs: "last", need: "logits" },
        ...(parents && { parents }),
      });
    return { read, evaluate, states };
  };

  test("about the token that is read", async () => {
    const { read, evaluate } = await opened("chained");
    await expect(evaluate([read(0, 0, 3)], [4])).rejects.toThrow("token 3 in the place of 4");
    await expect(evaluate([read(0, 0)], [3])).rejects.toThrow("reads a token too");
  });

  test("about the head", async () => {
    const { read, evaluate } = await opened("chained");
    await expect(evaluate([read(0, 1, 3)], [3])).rejects.toThrow("head 2 reads a state of head 0");
    await expect(evaluate([read(0, 4, 3)], [3])).rejects.toThrow("no head 5");
  });

  test("about the order of rows, and the text that they are of", async () => {
    const { read, evaluate } = await opened("chained");
    const first = read(0, 0, 3);
    await expect(evaluate([read(1, 0, 5), first], [5, 3])).rejects.toThrow("behind a later one");
    await expect(evaluate([read(0, 0, 4), read(1, 0, 5)], [4, 5])).rejects.toThrow("another text");
    await expect(evaluate([first, read(1, 0, 5), read(2, 0, 2)], [3, 5, 2])).resolves.toBeDefined();
  });

  test("about what is no sum of a state, a token and an offset", async () => {
    const { read, evaluate } = await opened("chained");
    const halved = read(0, 0, 3).map((number) => number / 2);
    await expect(evaluate([halved], [3])).rejects.toThrow("no sum");
  });

  test("about parallel heads that see each other", async () => {
    const { read, evaluate } = await opened("parallel");
    const inputs = [read(2, 0), read(2, 1)];
    await expect(evaluate(inputs, [0, 0])).rejects.toThrow("sees another row");
    await expect(evaluate(inputs, [0, 0], [-1, -1])).resolves.toBeDefined();
  });
});
