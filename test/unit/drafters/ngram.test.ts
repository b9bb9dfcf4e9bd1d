import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { DraftRequest } from "../../../src/decoding/drafter.ts";
import { NgramDrafter } from "../../../src/drafters/ngram.ts";
import { greedy, noRandom } from "../../support/fake.ts";

function request(settings: Partial<DraftRequest> = {}): DraftRequest {
  return {
    maxLength: 4,
    maxSize: 4,
    tree: false,
    topK: 0,
    pMin: 0,
    pGrow: 0,
    sampler: greedy,
    random: noRandom,
    isEog: () => false,
    ...settings,
  };
}

async function knowing(text: readonly number[], min = 1, max = 4): Promise<NgramDrafter> {
  const drafter = new NgramDrafter({ min, max });
  for await (const _ of drafter.begin(text.slice(0, -1)));
  drafter.observe({ emitted: text.slice(-1), path: [] });
  return drafter;
}

/** The same by looking through the whole text. */
function naiveChain(text: readonly number[], min: number, max: number, length: number): number[] {
  const drafted: number[] = [];
  while (drafted.length < length) {
    const next = naiveNext(text, [...text, ...drafted], min, max);
    if (next === undefined) break;
    drafted.push(next);
  }
  return drafted;
}

function naiveNext(known: readonly number[], text: readonly number[], min: number, max: number) {
  for (let n = Math.min(max, text.length); n >= min; n--) {
    const end = text.slice(text.length - n).join(" ");
    const counts = new Map<number, number>();
    let best: number | undefined;
    for (let i = n; i < known.length; i++) {
      if (known.slice(i - n, i).join(" ") !== end) continue;
      const token = known[i] as number;
      counts.set(token, (counts.get(token) ?? 0) + 1);
      // Of equally frequent ones the later counts.
      if (best === undefined || (counts.get(token) as number) >= (counts.get(best) as number)) {
        best = token;
      }
    }
    if (best !== undefined) return best;
  }
  return undefined;
}

describe("a chain", () => {
  test("is what followed the last tokens before", async () => {
    const drafter = await knowing([1, 2, 3, 4, 5, 9, 1, 2]);
    expect(drafter.propose(request()).tokens).toEqual([3, 4, 5, 9]);
  });

  test("is empty where nothing like the end occurred before", async () => {
    const drafter = await knowing([1, 2, 3, 4]);
    expect(drafter.propose(request()).tokens).toEqual([]);
  });

  test("prefers the longest match to the most frequent continuation", async () => {
    const drafter = await knowing([1, 2, 7, 3, 2, 8, 4, 2, 8, 9, 1, 2]);
    expect(drafter.propose(request({ maxLength: 1 })).tokens).toEqual([7]);
    const short = await knowing([1, 2, 7, 3, 2, 8, 4, 2, 8, 9, 1, 2], 1, 1);
    expect(short.propose(request({ maxLength: 1 })).tokens).toEqual([8]);
  });

  test("needs a match of at least the shortest length", async () => {
    const text = [5, 2, 7, 3, 6, 2];
    expect((await knowing(text, 1)).propose(request()).tokens).toEqual([7, 3, 6, 2]);
    expect((await knowing(text, 2)).propose(request()).tokens).toEqual([]);
  });

  test("equals a search through the whole text, for any text and lengths", () => {
    const property = fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 2, maxLength: 60 }),
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 0, max: 3 }),
      fc.integer({ min: 1, max: 6 }),
      async (text, min, wider, maxLength) => {
        const max = min + wider;
        const drafter = await knowing(text, min, max);
        const { tokens } = drafter.propose(request({ maxLength, maxSize: maxLength }));
        expect(tokens).toEqual(naiveChain(text, min, max, maxLength));
      },
    );
    return fc.assert(property, { numRuns: 500 });
  });

  test("stops behind the end of a text", async () => {
    const drafter = await knowing([1, 2, 0, 4, 1, 2]);
    expect(drafter.propose(request({ isEog: (token) => token === 0 })).tokens).toEqual([0]);
  });

  test("stops where its path is too improbable", async () => {
    const drafter = await knowing([1, 2, 1, 3, 1, 2, 4, 1]);
    const { tokens, q } = drafter.propose(request({ maxLength: 1 }));
    expect([tokens, q]).toEqual([[2], [2 / 3]]);
    expect(drafter.propose(request({ pMin: 0.7 })).tokens).toEqual([]);
  });
});

describe("a tree", () => {
  test("holds the most frequent and the most recent continuation", async () => {
    const drafter = await knowing([1, 2, 1, 2, 1, 3, 9, 1], 1, 1);
    const draft = drafter.propose(request({ tree: true, maxLength: 1 }));
    expect(draft.tokens).toEqual([2, 3]);
    expect(draft.parents).toEqual([-1, -1]);
    expect(draft.q).toEqual([2 / 3, 1 / 3]);
    expect(drafter.propose(request({ tree: true, topK: 1, maxLength: 1 })).tokens).toEqual([2]);
  });

  test("has no more tokens than were asked for, parents first", async () => {
    const text = Array.from({ length: 200 }, (_, i) => (i * i * 7 + i) % 5);
    const drafter = await knowing(text, 1, 2);
    for (const maxSize of [1, 3, 9, 30]) {
      const { tokens, parents } = drafter.propose(request({ tree: true, maxLength: 6, maxSize }));
      expect(tokens.length).toBeLessThanOrEqual(maxSize);
      parents.forEach((parent, i) => {
        expect(parent).toBeLessThan(i);
      });
    }
  });
});

test("a text that goes on is not indexed again, another one is", async () => {
  const drafter = await knowing([1, 2, 3, 1]);
  for await (const _ of drafter.begin([1, 2, 3, 1, 2]));
  drafter.observe({ emitted: [3], path: [] });
  expect(drafter.propose(request({ maxLength: 1 })).tokens).toEqual([1]);
  for await (const _ of drafter.begin([1, 2]));
  drafter.observe({ emitted: [3], path: [] });
  expect(drafter.propose(request()).tokens).toEqual([]);
});
