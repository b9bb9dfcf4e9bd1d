import { describe, expect, test } from "vitest";
import { fakeEngine } from "../../../src/engine/fake/engine.ts";
import { fakeSequence, fakeSpec } from "../../support/fake.ts";

const model = { contextSize: 64, hiddenStates: false, onProgress: () => true };

describe("the engine", () => {
  test("inspects a model and its vocabulary without loading", async () => {
    const { info, vocabulary } = await fakeEngine().inspect("fake:vocab=9,load=100000");
    expect(info).toMatchObject({ architecture: "fake", vocabularySize: 9, canRollBack: true });
    expect(vocabulary.size).toBe(9);
  });

  test("tells models apart by their headers", async () => {
    const hashes = ["fake:", "fake:seed=2"].map(
      async (path) => (await fakeEngine().inspect(path)).info.headerSha256,
    );
    const [one, other] = await Promise.all(hashes);
    expect(one).toMatch(/^[0-9a-f]{64}$/);
    expect(other).not.toBe(one);
  });

  test("says whether it takes trees", async () => {
    for (const trees of [true, false]) {
      const engine = fakeEngine({ trees });
      const { sequence } = await engine.open({ ...model, path: "fake:" });
      expect([engine.info.trees, sequence.maxBranches > 0]).toEqual([trees, trees]);
    }
  });

  test("opens with the context asked for, or with 4,096", async () => {
    const capacities = [64, 0].map(
      async (contextSize) =>
        (await fakeEngine().open({ ...model, contextSize, path: "fake:" })).sequence.capacity,
    );
    expect(await Promise.all(capacities)).toEqual([64, 4096]);
  });

  test("tells how far the load is, and can be stopped", async () => {
    const seen: number[] = [];
    const onProgress = (fraction: number) => {
      seen.push(fraction);
      return fraction < 0.5;
    };
    const opening = fakeEngine().open({ ...model, path: "fake:", onProgress });
    await expect(opening).rejects.toMatchObject({ code: "aborted" });
    expect(seen).toEqual([0.1, 0.2, 0.3, 0.4, 0.5]);
  });

  test.each(["nothing.gguf", "fake:size=1"])("has no model %s", async (path) => {
    await expect(fakeEngine().inspect(path)).rejects.toMatchObject({ code: "usage" });
    await expect(fakeEngine().open({ ...model, path })).rejects.toMatchObject({ code: "usage" });
  });
});

describe("its sequences", () => {
  const read = { outputs: "all", need: "logits" } as const;

  test("take the time they are told to: the first token, then each further one", () => {
    const passed: number[] = [];
    const spec = fakeSpec({ stepMs: 10, tokenMs: 2 });
    const sequence = fakeSequence(spec, { wait: (ms) => passed.push(ms) });
    sequence.evaluate({ ...read, tokens: [2] });
    sequence.evaluate({ ...read, tokens: [2, 3, 4] });
    expect(passed).toEqual([10, 14]);
  });

  test("let nothing be read that was not asked for", () => {
    const sequence = fakeSequence(fakeSpec());
    const none = sequence.evaluate({ tokens: [2, 3], outputs: "none", need: "logits" });
    expect(() => none.logits(1)).toThrow("not asked for");
    const last = sequence.evaluate({ tokens: [2, 3], outputs: "last", need: "logits" });
    expect(() => last.topTwo(0)).toThrow("not asked for");
    expect(() => last.logits(2)).toThrow("not asked for");
    expect(last.logits(1).length).toBe(8);
    const choice = sequence.evaluate({ tokens: [2], outputs: "last", need: "greedy" });
    expect(() => choice.logits(0)).toThrow("greedy");
  });

  test("let nothing be read that is out of date", () => {
    const sequence = fakeSequence(fakeSpec());
    const outputs = sequence.evaluate({ ...read, tokens: [2] });
    sequence.evaluate({ ...read, tokens: [3] });
    expect(() => outputs.logits(0)).toThrow("out of date");
  });

  test("want keep after a batch with branches", () => {
    const sequence = fakeSequence(fakeSpec());
    sequence.evaluate({ ...read, tokens: [2, 3], parents: [-1, -1] });
    expect(() => sequence.evaluate({ ...read, tokens: [2] })).toThrow("keep");
    expect(sequence).toMatchObject({ tokens: [2, 3], settled: 0 });
    expect(() => sequence.truncate(1)).toThrow(RangeError);
    expect(() => sequence.keep([0, 1])).toThrow(RangeError);
    sequence.keep([1]);
    expect(sequence.tokens).toEqual([3]);
    expect(() => sequence.keep([0])).toThrow("no batch");
  });

  test("drop an open batch with branches when they are cut back to what is before it", () => {
    const sequence = fakeSequence(fakeSpec());
    sequence.evaluate({ ...read, tokens: [4, 5] });
    sequence.evaluate({ ...read, tokens: [2, 3], parents: [-1, -1] });
    sequence.truncate(2);
    expect(sequence).toMatchObject({ tokens: [4, 5], settled: 2 });
    sequence.evaluate({ ...read, tokens: [2] });
  });

  test("of a recurrent model are cut back to nothing or not at all", async () => {
    const { sequence, info } = await fakeEngine().open({
      ...{ path: "fake:recurrent=1", contextSize: 8, hiddenStates: false },
      onProgress: () => true,
    });
    expect(info.canRollBack).toBe(false);
    await sequence.evaluate({ ...read, tokens: [4, 5] });
    expect(() => sequence.truncate(1)).toThrow("recurrent");
    await sequence.truncate(2);
    await sequence.truncate(0);
    expect(sequence.tokens).toEqual([]);
  });

  test("cannot be cut to more than they hold", () => {
    const sequence = fakeSequence(fakeSpec());
    sequence.evaluate({ ...read, tokens: [2] });
    expect(() => sequence.truncate(2)).toThrow(RangeError);
  });
});
