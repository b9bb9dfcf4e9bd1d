import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { modelsFolder } from "../../../src/models/models-folder.ts";

const all = { SPECDEC_MODELS: "/own", XDG_CACHE_HOME: "/cache", LOCALAPPDATA: "/local" };

test("the flag wins over SPECDEC_MODELS, and that over the cache folder", () => {
  expect(modelsFolder("here", all)).toBe(resolve("here"));
  expect(modelsFolder(undefined, all)).toBe("/own");
  expect(modelsFolder(undefined, { ...all, SPECDEC_MODELS: "" })).toBe("/cache/specdec/models");
});

test.each([
  ["linux", join(homedir(), ".cache")],
  ["darwin", join(homedir(), "Library", "Caches")],
  ["win32", "/local"],
] as const)("on %s it is under %s", (platform, cache) => {
  const env = { LOCALAPPDATA: "/local" };
  expect(modelsFolder(undefined, env, platform)).toBe(join(cache, "specdec", "models"));
});
