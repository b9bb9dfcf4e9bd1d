import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { argmax } from "../../src/decoding/logits.ts";
import type { TokenBatch, TokenSequence } from "../../src/decoding/sequence.ts";

/** A sequence under test. */
export interface OpenedSequence {
  /** Open it with a small context: one test fills it. */
  readonly sequence: TokenSequence;
  /** 40 or more different ids of ordinary tokens. */
  readonly someTokens: readonly number[];
  close(): Promise<void>;
}

/** How exact the engine is. */
export interface ContractOptions {
  /** Largest difference between two logits that should be the same; 0 for bit by bit. */
  readonly tolerance: number;
}

type Rows = readonly Float32Array[];

/** A tree with two roots, branches in mixed order, and the same token under two parents. */
const treeParents = [-1, -1, 0, 1, 0, 2, 3, 2, 6] as const;

/** What every engine's sequence does, whatever runs underneath. */
export function describeSequenceContract(
  name: string,
  open: () => Promise<OpenedSequence>,
  { tolerance }: ContractOptions,
): void {
  describe(`${name}: token sequence`, () => {
    let opened: OpenedSequence;
    let sequence: TokenSequence;
    let some: readonly number[];

    beforeAll(async () => {
      opened = await open();
      sequence = opened.sequence;
      some = opened.someTokens;
    });
    beforeEach(async () => {
      await sequence.truncate(0);
    });
    afterAll(async () => {
      await opened.close();
    });

    const treeTokens = () => treeParents.map((_, i) => some[20 + (i === 4 ? 3 : i)] as number);

    async function rows(batch: Omit<TokenBatch, "outputs" | "need">): Promise<Rows> {
      const outputs = await sequence.evaluate({ ...batch, outputs: "all", need: "logits" });
      return batch.tokens.map((_, i) => Float32Array.from(outputs.logits(i)));
    }

    async function lastRow(tokens: readonly number[]): Promise<Float32Array> {
      const outputs = await sequence.evaluate({ tokens, outputs: "last", need: "logits" });
      return Float32Array.from(outputs.logits(tokens.length - 1));
    }

    /** Logits after the last of `tokens`, evaluated as one chain in an empty cache. */
    async function chainRow(tokens: readonly number[]): Promise<Float32Array> {
      await sequence.truncate(0);
      return lastRow(tokens);
    }

    function expectSame(actual: Float32Array | undefined, expected: Float32Array): void {
      expect(actual?.length).toBe(expected.length);
      expect(largestDifference(actual as Float32Array, expected)).toBeLessThanOrEqual(tolerance);
    }

    async function expectRefused(batch: TokenBatch): Promise<void> {
      const before = [...sequence.tokens];
      await expect((async () => sequence.evaluate(batch))()).rejects.toThrow(RangeError);
      expect(sequence.tokens).toEqual(before);
    }

    test("has one logit a token of the vocabulary and says what it takes", async () => {
      expect((await lastRow(some.slice(0, 3))).length).toBe(sequence.vocabularySize);
      expect(sequence.capacity).toBeGreaterThanOrEqual(64);
      expect(sequence.prefillChunk).toBeGreaterThanOrEqual(1);
      expect(sequence.batchSize).toBeGreaterThanOrEqual(sequence.prefillChunk);
      expect(sequence.maxOutputs).toBeGreaterThanOrEqual(1);
    });

    test("holds the tokens of every batch in order", async () => {
      await sequence.evaluate({ tokens: some.slice(0, 4), outputs: "none", need: "greedy" });
      await lastRow(some.slice(4, 7));
      expect(sequence.tokens).toEqual(some.slice(0, 7));
    });

    test("gives for 'all' what it gives for 'last' and one by one", async () => {
      const tokens = some.slice(0, Math.min(8, sequence.maxOutputs));
      const all = await rows({ tokens });
      await sequence.truncate(0);
      for (const [i, token] of tokens.entries()) expectSame(all[i], await lastRow([token]));
      expectSame(all.at(-1), await chainRow(tokens));
    });

    test("tells contexts apart", async () => {
      const one = await chainRow([some[0] as number, some[2] as number]);
      const other = await chainRow([some[1] as number, some[2] as number]);
      expect(largestDifference(one, other)).toBeGreaterThan(tolerance);
    });

    test("reads a chain with explicit parents as a chain", async () => {
      const tokens = some.slice(0, 4);
      const explicit = await rows({ tokens, parents: [-1, 0, 1, 2] });
      await sequence.truncate(0);
      const implied = await rows({ tokens });
      explicit.forEach((row, i) => {
        expectSame(row, implied[i] as Float32Array);
      });
    });

    test("evaluates the same again after truncate", async () => {
      const first = await lastRow(some.slice(0, 10));
      await lastRow(some.slice(10, 15));
      await sequence.truncate(6);
      expect(sequence.tokens).toEqual(some.slice(0, 6));
      expectSame(await lastRow(some.slice(6, 10)), first);
    });

    test("truncate to the present length changes nothing", async () => {
      await lastRow(some.slice(0, 5));
      await sequence.truncate(5);
      expect(sequence.tokens).toEqual(some.slice(0, 5));
      expectSame(await lastRow(some.slice(5, 7)), await chainRow(some.slice(0, 7)));
    });

    test("forgets what truncate took away", async () => {
      await lastRow(some.slice(0, 10));
      await sequence.truncate(4);
      const after = await lastRow(some.slice(20, 23));
      expectSame(after, await chainRow([...some.slice(0, 4), ...some.slice(20, 23)]));
    });

    test.for([{ path: [] }, { path: [0] }, { path: [0, 1, 2] }, { path: [0, 1, 2, 3, 4] }])(
      "keep($path) on a chain equals truncate",
      async ({ path }) => {
        await lastRow(some.slice(0, 3));
        await rows({ tokens: some.slice(3, 8) });
        await sequence.keep(path);
        const kept = some.slice(0, 3 + path.length);
        expect(sequence.tokens).toEqual(kept);
        const next = some.slice(30, 32);
        expectSame(await lastRow(next), await chainRow([...kept, ...next]));
      },
    );

    test("the greedy choice is the largest logit", async () => {
      const tokens = some.slice(0, Math.min(6, sequence.maxOutputs));
      const logits = await rows({ tokens });
      await sequence.truncate(0);
      const outputs = await sequence.evaluate({ tokens, outputs: "all", need: "greedy" });
      logits.forEach((row, i) => {
        const { token, gap } = outputs.topTwo(i);
        const largest = row[argmax(row)] as number;
        expect(largest - (row[token] as number)).toBeLessThanOrEqual(tolerance);
        if (tolerance === 0) expect(token).toBe(argmax(row));
        if (Number.isNaN(gap)) return;
        const others = row.filter((_, id) => id !== token);
        const expected = largest - (others[argmax(others)] as number);
        expect(Math.abs(gap - expected)).toBeLessThanOrEqual(2 * tolerance);
      });
    });

    test("refuses what does not fit or makes no sense, and stays as it was", async () => {
      await lastRow(some.slice(0, 5));
      const ok = some[5] as number;
      const batch = { outputs: "all", need: "logits" } as const;
      await expectRefused({ ...batch, tokens: [] });
      await expectRefused({ ...batch, tokens: [ok, sequence.vocabularySize] });
      await expectRefused({ ...batch, tokens: [ok, -1] });
      await expectRefused({ ...batch, tokens: [ok, 0.5] });
      await expectRefused({ ...batch, tokens: [ok, Number.NaN] });
      await expectRefused({ ...batch, tokens: [ok, ok], parents: [-1, 1] });
      await expectRefused({ ...batch, tokens: [ok, ok], parents: [-1, -2] });
      await expectRefused({ ...batch, tokens: [ok, ok], parents: [-1] });
      const tooMany = Array.from({ length: sequence.batchSize + 1 }, () => ok);
      await expectRefused({ ...batch, tokens: tooMany, outputs: "last" });
      const tooManyOutputs = Array.from({ length: sequence.maxOutputs + 1 }, () => ok);
      await expectRefused({ ...batch, tokens: tooManyOutputs });
      expectSame(await lastRow(some.slice(5, 8)), await chainRow(some.slice(0, 8)));
    });

    test("can be filled to its capacity and no further", async () => {
      const token = some[0] as number;
      while (sequence.tokens.length < sequence.capacity - 2) {
        const room = sequence.capacity - 2 - sequence.tokens.length;
        const tokens = Array.from({ length: Math.min(room, sequence.prefillChunk) }, () => token);
        await sequence.evaluate({ tokens, outputs: "none", need: "greedy" });
      }
      await expectRefused({ tokens: [token, token, token], outputs: "last", need: "logits" });
      await lastRow([token, token]);
      await expectRefused({ tokens: [token], outputs: "last", need: "logits" });
      await sequence.truncate(3);
      const next = some.slice(1, 4);
      expectSame(await lastRow(next), await chainRow([token, token, token, ...next]));
    });

    test("refuses branches where it has none", async ({ skip }) => {
      skip(sequence.maxBranches > 0, "the engine evaluates trees");
      await lastRow(some.slice(0, 5));
      const tokens = some.slice(5, 8);
      await expectRefused({ tokens, parents: [-1, 0, 0], outputs: "last", need: "logits" });
      await expectRefused({ tokens, parents: [-1, -1, 1], outputs: "last", need: "logits" });
      expectSame(await lastRow(tokens), await chainRow(some.slice(0, 8)));
    });

    test("each node of a tree sees its own path only", async ({ skip }) => {
      skip(sequence.maxBranches === 0, "the engine evaluates chains only");
      const prefix = some.slice(0, 5);
      const tokens = treeTokens();
      await lastRow(prefix);
      const tree = await rows({ tokens, parents: treeParents });
      await sequence.keep([]);
      expect(sequence.tokens).toEqual(prefix);
      for (const node of tokens.keys()) {
        const path = pathTo(node, treeParents).map((i) => tokens[i] as number);
        expectSame(tree[node], await chainRow([...prefix, ...path]));
      }
    });

    test.for(
      [[], [0], [1, 3], [0, 2, 5], [0, 2, 7], [0, 4], [1, 3, 6, 8]].map((path) => ({ path })),
    )("after keep($path) of a tree the cache is that of the chain", async ({ path }, { skip }) => {
      skip(sequence.maxBranches === 0, "the engine evaluates chains only");
      const prefix = some.slice(0, 5);
      const tokens = treeTokens();
      await lastRow(prefix);
      await rows({ tokens, parents: treeParents });
      await sequence.keep(path);
      const kept = [...prefix, ...path.map((i) => tokens[i] as number)];
      expect(sequence.tokens).toEqual(kept);
      const next = some.slice(10, 13);
      expectSame(await lastRow(next), await chainRow([...kept, ...next]));
    });

    test("takes several trees in a row, and chains between", async ({ skip }) => {
      skip(sequence.maxBranches === 0, "the engine evaluates chains only");
      const tokens = treeTokens();
      const tokensOn = (path: readonly number[]) => path.map((i) => tokens[i] as number);
      const kept = some.slice(0, 4);
      const seen: { text: readonly number[]; row: Float32Array | undefined }[] = [];
      await lastRow(kept);
      for (const path of [[0, 4], [1, 3, 6], [], [0, 2, 7], [1]]) {
        const tree = await rows({ tokens, parents: treeParents });
        seen.push({ text: [...kept, ...tokensOn([1, 3, 6, 8])], row: tree[8] });
        await sequence.keep(path);
        kept.push(...tokensOn(path));
        expect(sequence.tokens).toEqual(kept);
        if (path.length !== 2) continue;
        const chain = some.slice(12, 14);
        kept.push(...chain);
        seen.push({ text: [...kept], row: await lastRow(chain) });
      }
      for (const { text, row } of seen) expectSame(row, await chainRow(text));
    });

    /** Batches of a tree that grows level by level; indices go on from one to the next. */
    const grownFrom = {
      "the last of a chain": [
        [-1, 0, 1],
        [2, 2],
        [3, 3, 4],
        [6, 7],
      ],
      "the middle of a chain": [[-1, 0, 1], [0, 1, 2], [4, 3], [6]],
      "the end of the cache": [[-1], [-1, -1, 0], [2, 3, 1, 1]],
      "a batch with branches": [
        [-1, -1, 0],
        [1, 1, 2, 0],
        [5, 3, 3, 6],
      ],
    };

    async function grown(batches: readonly (readonly number[])[]): Promise<Rows> {
      const [first = [], ...others] = batches;
      const all = [...(await rows({ tokens: grownTokens(0, first), parents: first }))];
      for (const parents of others) {
        const tokens = grownTokens(all.length, parents);
        const outputs = await sequence.grow({ tokens, parents, outputs: "all", need: "logits" });
        all.push(...tokens.map((_, i) => Float32Array.from(outputs.logits(i))));
      }
      return all;
    }

    const grownTokens = (from: number, parents: readonly number[]) =>
      parents.map((_, i) => some[20 + from + i] as number);

    test.for(Object.entries(grownFrom))(
      "a tree that grows from %s is evaluated like chains, and each path can be kept",
      async ([, batches], { skip }) => {
        skip(sequence.maxBranches === 0, "the engine evaluates chains only");
        const prefix = some.slice(0, 5);
        const parents = batches.flat();
        const tokens = grownTokens(0, parents);
        for (const node of [-1, ...tokens.keys()]) {
          await sequence.truncate(0);
          await lastRow(prefix);
          const tree = await grown(batches);
          const path = node < 0 ? [] : pathTo(node, parents);
          const kept = [...prefix, ...path.map((i) => tokens[i] as number)];
          await sequence.keep(path);
          expect(sequence.tokens).toEqual(kept);
          const next = some.slice(10, 12);
          const after = await lastRow(next);
          expectSame(after, await chainRow([...kept, ...next]));
          if (node >= 0) expectSame(tree[node], await chainRow(kept));
        }
      },
    );

    test("refuses to grow from what is not there, and stays as it was", async ({ skip }) => {
      skip(sequence.maxBranches === 0, "the engine evaluates chains only");
      await lastRow(some.slice(0, 5));
      const ok = some[5] as number;
      await rows({ tokens: [ok, ok], parents: [-1, -1] });
      for (const parents of [[2], [-2], [0.5], [0, 0]]) {
        const batch = { tokens: [ok], parents, outputs: "all", need: "logits" } as const;
        await expect((async () => sequence.grow(batch))()).rejects.toThrow(RangeError);
      }
      await sequence.keep([1]);
      const next = some.slice(6, 8);
      expectSame(await lastRow(next), await chainRow([...some.slice(0, 6), ...next]));
    });

    test("a kept tree can be cut back like a chain", async ({ skip }) => {
      skip(sequence.maxBranches === 0, "the engine evaluates chains only");
      const tokens = treeTokens();
      await lastRow(some.slice(0, 5));
      await rows({ tokens, parents: treeParents });
      await sequence.keep([1, 3, 6, 8]);
      await sequence.truncate(7);
      const left = [...some.slice(0, 5), tokens[1] as number, tokens[3] as number];
      expect(sequence.tokens).toEqual(left);
      const next = some.slice(10, 12);
      expectSame(await lastRow(next), await chainRow([...left, ...next]));
    });
  });
}

function pathTo(node: number, parents: readonly number[]): number[] {
  const parent = parents[node] as number;
  return parent < 0 ? [node] : [...pathTo(parent, parents), node];
}

/** Infinity where one is not a number. */
function largestDifference(a: Float32Array, b: Float32Array): number {
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i] as number, b[i] as number];
    if (x === y) continue;
    const difference = Math.abs(x - y);
    largest = Math.max(largest, Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference);
  }
  return largest;
}
