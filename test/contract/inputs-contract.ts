import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { hiddenOf, type TokenSequence } from "../../src/decoding/sequence.ts";

/** A sequence under test that is fed with vectors and has hidden states and branches. */
export interface OpenedInputsSequence {
  readonly sequence: TokenSequence;
  /** 20 different vectors. */
  readonly inputs: readonly Float32Array[];
  close(): Promise<void>;
}

/** A tree with two roots and branches in mixed order. */
const treeParents = [-1, -1, 0, 1, 0, 2, 3, 2, 6] as const;

/** What every engine's sequence does that is fed with vectors. */
export function describeInputsContract(
  name: string,
  open: () => Promise<OpenedInputsSequence>,
  tolerance: number,
): void {
  describe(`${name}: sequence of vectors`, () => {
    let opened: OpenedInputsSequence;
    let sequence: TokenSequence;
    let inputs: readonly Float32Array[];

    beforeAll(async () => {
      opened = await open();
      ({ sequence, inputs } = opened);
    });
    beforeEach(async () => {
      await sequence.truncate(0);
    });
    afterAll(async () => {
      await opened.close();
    });

    /** Logits and hidden state after each of a batch. */
    async function rows(nodes: readonly number[], parents?: readonly number[]) {
      const outputs = await sequence.evaluate({
        tokens: nodes,
        inputs: nodes.map((node) => inputs[node] as Float32Array),
        ...(parents && { parents }),
        outputs: "all",
        need: "logits",
      });
      return nodes.map((_, i) => [
        Float32Array.from(outputs.logits(i)),
        Float32Array.from(hiddenOf(outputs, i)),
      ]);
    }

    async function chain(nodes: readonly number[]) {
      await sequence.truncate(0);
      return (await rows(nodes)).at(-1);
    }

    function expectSame(actual?: Float32Array[], expected?: Float32Array[]): void {
      expect(difference(actual, expected)).toBeLessThanOrEqual(tolerance);
    }

    test("has logits and a state for each", async () => {
      const [logits, state] = (await rows([0, 1]))[1] ?? [];
      expect(logits).toHaveLength(sequence.vocabularySize);
      expect(state).toHaveLength(sequence.inputWidth ?? 0);
    });

    test("reads the vectors, what came before them, and not the tokens", async () => {
      const one = await chain([0, 2]);
      expect(difference(one, await chain([1, 2]))).toBeGreaterThan(tolerance);
      expect(difference(one, await chain([0, 3]))).toBeGreaterThan(tolerance);
    });

    test("gives for 'last' what it gives for 'all' and one by one", async () => {
      const all = await rows([0, 1, 2, 3]);
      await sequence.truncate(0);
      for (const [i, row] of all.entries()) expectSame((await rows([i]))[0], row);
      await sequence.truncate(0);
      const outputs = await sequence.evaluate({
        tokens: [0, 1, 2, 3],
        inputs: inputs.slice(0, 4),
        outputs: "last",
        need: "logits",
      });
      expectSame([outputs.logits(3), hiddenOf(outputs, 3)], all[3]);
    });

    test("can be cut back", async () => {
      await rows([0, 1, 2, 3, 4]);
      await sequence.truncate(2);
      expectSame((await rows([5]))[0], await chain([0, 1, 5]));
    });

    test("each node of a tree sees its own path only", async () => {
      await rows([0, 1]);
      const nodes = treeParents.map((_, i) => 4 + i);
      const tree = await rows(nodes, treeParents);
      await sequence.keep([1, 3, 6]);
      expectSame((await rows([2]))[0], await chain([0, 1, 5, 7, 10, 2]));
      for (const node of nodes.keys()) {
        expectSame(tree[node], await chain([0, 1, ...pathTo(node).map((i) => 4 + i)]));
      }
    });

    test("a tree grows below a chain", async () => {
      await rows([0, 1, 2]);
      const grown = await sequence.grow({
        tokens: [5, 6, 7],
        inputs: inputs.slice(5, 8),
        parents: [2, 2, 1],
        outputs: "all",
        need: "logits",
      });
      const rowsOf = [0, 1, 2].map((i) => [
        Float32Array.from(grown.logits(i)),
        Float32Array.from(hiddenOf(grown, i)),
      ]);
      await sequence.keep([0, 1, 2]);
      expect(sequence.tokens).toEqual([0, 1, 2]);
      expectSame(rowsOf[0], await chain([0, 1, 2, 5]));
      expectSame(rowsOf[1], await chain([0, 1, 2, 6]));
      expectSame(rowsOf[2], await chain([0, 1, 7]));
    });

    test("refuses what it cannot read, and stays as it was", async () => {
      const batch = { tokens: [3, 4], outputs: "all", need: "logits" } as const;
      const width = sequence.inputWidth ?? 0;
      const wrong = [
        undefined,
        inputs.slice(0, 1),
        [inputs[0] as Float32Array, new Float32Array(width + 1)],
      ];
      await rows([0, 1]);
      for (const given of wrong) {
        const evaluate = async () =>
          sequence.evaluate({ ...batch, ...(given && { inputs: given }) });
        await expect(evaluate()).rejects.toThrow(RangeError);
      }
      expect(sequence.tokens).toEqual([0, 1]);
      expectSame((await rows([2]))[0], await chain([0, 1, 2]));
    });
  });
}

function pathTo(node: number): number[] {
  const parent = treeParents[node] as number;
  return parent < 0 ? [node] : [...pathTo(parent), node];
}

function difference(a: Float32Array[] = [], b: Float32Array[] = []): number {
  if (a.length !== b.length || a.length === 0) return Number.POSITIVE_INFINITY;
  let largest = 0;
  a.forEach((row, i) => {
    row.forEach((number, j) => {
      const distance = Math.abs(number - (b[i]?.[j] ?? Number.NaN));
      largest = Math.max(largest, Number.isNaN(distance) ? Number.POSITIVE_INFINITY : distance);
    });
  });
  return largest;
}
