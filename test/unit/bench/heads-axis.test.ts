import { describe, expect, test } from "vitest";
import { headsAxis } from "../../../src/bench/heads-axis.ts";

const names = (...files: ["parallel" | "chained", string][]) =>
  headsAxis(files.map(([kind, file]) => ({ kind, file, count: 4 }))).map(({ name }) => name);

describe("files of draft heads are told apart", () => {
  test("by their kind where that is enough", () => {
    expect(names(["parallel", "a.gguf"], ["chained", "b.gguf"])).toEqual(["parallel", "chained"]);
    expect(names(["chained", "a.gguf"])).toEqual(["chained"]);
  });

  test("by their file's name where several are of a kind", () => {
    expect(names(["chained", "a.gguf"], ["parallel", "p.gguf"], ["chained", "b.GGUF"])).toEqual([
      "chained a",
      "parallel",
      "chained b",
    ]);
  });

  test("by a number where that is the same, too", () => {
    expect(names(["chained", "a.gguf"], ["chained", "a.gguf"], ["chained", "b.gguf"])).toEqual([
      "chained a 1",
      "chained a 2",
      "chained b",
    ]);
  });

  test("and by their place in the pair", () => {
    const axis = headsAxis([
      { kind: "chained", file: "a", count: 2 },
      { kind: "parallel", file: "b", count: 3 },
    ]);
    expect(axis).toEqual([
      { index: 0, kind: "chained", name: "chained" },
      { index: 1, kind: "parallel", name: "parallel" },
    ]);
  });
});
