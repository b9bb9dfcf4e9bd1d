import { expect, test } from "vitest";
import { seededRandom } from "../../../src/decoding/random.ts";
import { type Document, passagesOf } from "../../../src/features/plan.ts";

const options = { length: 32, heldOutShare: 0.3, prefix: [7], random: seededRandom(1) };

/** Documents whose tokens tell where they come from. */
function documents(count: number, length: number): Document[] {
  return Array.from({ length: count }, (_, d) => ({
    name: `file-${d}`,
    tokens: Array.from({ length }, (_, i) => d * 10_000 + i),
  }));
}

test("a document is cut into passages that begin as the model wants it", () => {
  const passages = passagesOf(documents(1, 70), options);
  const pieces = passages.map(({ tokens }) => tokens).sort((a, b) => (a[1] ?? 0) - (b[1] ?? 0));
  // 31 and 31; the 8 that are left teach too little.
  expect(pieces.map((tokens) => [tokens[0], tokens[1], tokens.length])).toEqual([
    [7, 0, 32],
    [7, 31, 32],
  ]);
});

test("what is held out is whole documents, and the same ones when others are gone", () => {
  const all = documents(100, 100);
  const heldOut = (of: readonly Document[]) =>
    new Set(
      passagesOf(of, options)
        .filter((passage) => passage.heldOut)
        .map(({ tokens }) => Math.floor((tokens[1] as number) / 10_000)),
    );
  const out = heldOut(all);
  const kept = new Set(
    passagesOf(all, options)
      .filter((passage) => !passage.heldOut)
      .map(({ tokens }) => Math.floor((tokens[1] as number) / 10_000)),
  );
  expect([...out].some((document) => kept.has(document))).toBe(false);
  expect(out.size).toBeGreaterThan(15);
  expect(out.size).toBeLessThan(45);
  const half = all.slice(50);
  expect(heldOut(half)).toEqual(new Set([...out].filter((document) => document >= 50)));
});

test("of few documents passages are held out, so that something is", () => {
  const passages = passagesOf(documents(1, 4000), options);
  const share = passages.filter(({ heldOut }) => heldOut).length / passages.length;
  expect(share).toBeGreaterThan(0.15);
  expect(share).toBeLessThan(0.45);
});

test("something is held out where anything is to be, and nothing where nothing is", () => {
  const shares = (heldOutShare: number, count: number) =>
    passagesOf(documents(count, 100), { ...options, heldOutShare }).filter(({ heldOut }) => heldOut)
      .length;
  // One document has three passages of 31 tokens.
  expect(shares(1e-9, 30)).toBe(3);
  expect(shares(1e-9, 5)).toBe(1);
  expect(shares(0, 30)).toBe(0);
});

test("the first passage is one that is held out", () => {
  for (let seed = 0; seed < 20; seed++) {
    const passages = passagesOf(documents(40, 100), { ...options, random: seededRandom(seed) });
    expect(passages[0]?.heldOut).toBe(true);
    expect(passages).toHaveLength(40 * 3);
  }
});
