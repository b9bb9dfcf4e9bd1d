import { expect, test } from "vitest";
import { seededRandom } from "../../../src/decoding/random.ts";
import { hiddenOf } from "../../../src/decoding/sequence.ts";
import { fakeWidth } from "../../../src/engine/fake/states.ts";
import { type RecordedTarget, recordOwnText, recordText } from "../../../src/features/record.ts";
import { notedCandidates, PackedRows } from "../../../src/features/recording.ts";
import { fakeSequence, fakeSpec, logitsAfter } from "../../support/fake.ts";
import { plainGreedy } from "../../support/plain.ts";

const spec = fakeSpec({ vocabularySize: 64, endBias: -1000 });
const texts = Array.from({ length: 100 }, (_, i) => 2 + ((i * 37) % 60));

function target(): RecordedTarget {
  const sequence = fakeSequence(spec, { hiddenStates: true, capacity: 512 });
  return { sequence, width: fakeWidth, isEog: (token) => token === 0 };
}

/** Rows as they are when each token is evaluated by itself. */
async function oneByOne(tokens: readonly number[], from: number): Promise<PackedRows> {
  const { sequence, width } = target();
  const rows = new PackedRows(width, tokens.length);
  for (const [i, token] of tokens.entries()) {
    const outputs = await sequence.evaluate({ tokens: [token], outputs: "all", need: "logits" });
    const logits = logitsAfter(spec, tokens.slice(0, i + 1));
    const ids = Int32Array.from(logits.keys()).sort(
      (a, b) => (logits[b] as number) - (logits[a] as number) || a - b,
    );
    const next = { ids, probs: Float64Array.from(ids, (id) => logits[id] as number), size: 64 };
    const best = next.probs[0] as number;
    const sum = logits.reduce((total, logit) => total + Math.exp(logit - best), 0);
    if (i >= from) rows.add({ token, hidden: hiddenOf(outputs, 0), next, confidence: 1 / sum });
  }
  return rows;
}

function expectSame(actual: PackedRows, expected: PackedRows): void {
  const { size } = expected;
  expect(actual.size).toBe(size);
  expect(actual.tokens.subarray(0, size)).toEqual(expected.tokens.subarray(0, size));
  const hidden = size * fakeWidth;
  expect(actual.hidden.subarray(0, hidden)).toEqual(expected.hidden.subarray(0, hidden));
  const noted = size * notedCandidates;
  expect(actual.candidates.subarray(0, noted)).toEqual(expected.candidates.subarray(0, noted));
  const probabilities = (rows: PackedRows) => rows.probabilities.subarray(0, noted);
  expect(probabilities(actual)).toEqual(probabilities(expected));
}

test("a text that takes several batches is recorded as token by token", async () => {
  const recorded = target();
  expectSame(await recordText(recorded, texts), await oneByOne(texts, 0));
  expect(recorded.sequence.tokens).toEqual([]);
});

test("what the target writes: the first branch is its greedy text, and every row is its own text's", async () => {
  const recorded = target();
  const beginning = texts.slice(0, 70);
  const plan = { branches: 6, length: 20, temperature: 0.8, random: seededRandom(3) };
  const branches = await recordOwnText(recorded, beginning, plan);
  expect(branches).toHaveLength(6);
  const { tokens } = plainGreedy({ spec, prompt: beginning, maxTokens: 20 });
  expect([...(branches[0] as PackedRows).tokens]).toEqual([beginning.at(-1), ...tokens]);
  for (const rows of branches) {
    const written = [...rows.tokens.subarray(1, rows.size)];
    expectSame(rows, await oneByOne([...beginning, ...written], beginning.length - 1));
  }
  // They part at the first token.
  expect(new Set(branches.map(({ tokens: written }) => written[1])).size).toBe(6);
  expect(recorded.sequence.tokens).toEqual([]);
});

test("a branch ends with the text", async () => {
  const ending = fakeSpec({ vocabularySize: 64, endBias: 3 });
  const sequence = fakeSequence(ending, { hiddenStates: true, capacity: 512 });
  const recorded = { sequence, width: fakeWidth, isEog: (token: number) => token === 0 };
  const plan = { branches: 8, length: 30, temperature: 1, random: seededRandom(1) };
  const branches = await recordOwnText(recorded, [1, 2, 3], plan);
  const lengths = branches.map(({ size }) => size);
  expect(Math.min(...lengths)).toBeLessThan(31);
  for (const rows of branches) expect([...rows.tokens.subarray(1, rows.size)]).not.toContain(0);
});
