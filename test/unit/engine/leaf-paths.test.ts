import { expect, test } from "vitest";
import { leafPaths } from "../../../src/engine/libllama/leaf-paths.ts";

test("a chain has one leaf", () => {
  expect(leafPaths([-1, 0, 1])).toEqual([[0, 1, 2]]);
});

test("every leaf of a tree has its path, from the cache on", () => {
  expect(leafPaths([-1, 0, 0, 2, -1])).toEqual([[0, 1], [0, 2, 3], [4]]);
});
