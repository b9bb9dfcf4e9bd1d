import { describe, expect, test } from "vitest";
import { openPair } from "../../../../src/engine/open-pair.ts";
import type { PairOptions } from "../../../../src/engine/pair.ts";
import { fakeOptions } from "../fake-requests.ts";

const options: PairOptions = { ...fakeOptions, target: "fake:vocab=60", contextSize: 64 };

const open = (heads: readonly string[], changes: Partial<PairOptions> = {}) =>
  openPair({ ...options, heads, ...changes });

describe("a pair with heads", () => {
  test("knows them, in the order in which they were named", async () => {
    const pair = await open([
      "fake:kind=chained,vocab=60,count=3",
      "fake:kind=parallel,vocab=60,outputs=20",
    ]);
    expect(pair.info.heads).toMatchObject([
      { kind: "chained", count: 3, outputs: 60 },
      { kind: "parallel", count: 4, outputs: 20 },
    ]);
    expect(pair.info.notices).toEqual([]);
    await pair.close();
  });

  test("says that they were trained for another file", async () => {
    const pair = await open(["fake:kind=chained,vocab=60,other=1"]);
    expect(pair.info.notices).toMatchObject([{ code: "heads-of-another-file" }]);
    await pair.close();
  });

  test.each([
    ["of another size", "fake:kind=chained,vocab=50", "50 tokens", "60 tokens"],
    ["of other tokens", "fake:kind=parallel,vocab=60,shift=9", "other tokens", "as many"],
  ])("refuses those for a vocabulary %s, naming both", async (_, path, theirs, ours) => {
    await expect(open([path])).rejects.toMatchObject({
      code: "heads-of-another-model",
      exitCode: 3,
      message: expect.stringContaining(theirs),
    });
    await expect(open([path])).rejects.toThrow(ours);
    await expect(open([path])).rejects.toThrow(path);
  });

  test.each([
    ["a model", "fake:vocab=60", "not-heads"],
    ["an unknown key", "fake:kind=chained,layers=2", "usage"],
    ["another kind", "fake:kind=serial", "usage"],
    ["no heads", "fake:kind=chained,count=0", "usage"],
    ["as many outputs as tokens", "fake:kind=chained,vocab=60,outputs=60", "usage"],
  ])("refuses %s in their place", async (_, path, code) => {
    await expect(open([path])).rejects.toMatchObject({ code });
  });
});
