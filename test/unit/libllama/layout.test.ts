import { expect, test } from "vitest";
import { firstDifference, layoutOf, structOf } from "../../../src/engine/libllama/layout.ts";

const layout = layoutOf("v0.5.0");
if (layout === undefined) throw new Error("the pinned release has no layout");

const defaults = Object.fromEntries(
  Object.entries(layout.contextParams).map(([name, [, value]]) => [name, value]),
);

test("defaults that read as known pass", () => {
  expect(firstDifference(layout.contextParams, defaults)).toBeUndefined();
});

test("a field that was inserted shifts the rest and is noticed", () => {
  // What a library would return whose struct has one more 32-bit field after n_ubatch.
  const shifted = { ...defaults, n_seq_max: 7, n_rs_seq: 1, n_outputs_max: 0, n_threads: 1 };
  expect(firstDifference(layout.contextParams, shifted)).toBe("n_seq_max is 7, not 1");
});

test("a field of another type is noticed", () => {
  const other = { ...defaults, kv_unified: true };
  expect(firstDifference(layout.contextParams, other)).toBe("kv_unified is true, not false");
});

test("structs have the sizes of the release's header on a 64-bit machine", () => {
  expect(structOf(layout.modelParams).size).toBe(80);
  expect(structOf(layout.contextParams).size).toBe(160);
});

test("an unknown release has no layout", () => {
  expect(layoutOf("v0.4.9")).toBeUndefined();
});
