import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findStoredFile, resolveModelSource } from "../../../src/models/resolve-source.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const places = (folder: string) => ({
  presetId: "mine",
  presetFolder: "/presets",
  modelsFolder: folder,
});

test("a path counts from the preset's folder", () => {
  expect(resolveModelSource({ path: "big.gguf" }, places("/m"))).toBe("/presets/big.gguf");
  expect(resolveModelSource({ path: "/else/big.gguf" }, places("/m"))).toBe("/else/big.gguf");
});

test("a URI is found in the models folder", () => {
  const folder = temporaryFolder();
  const file = join(folder, "hf_user_Big.Q4_0.gguf");
  writeFileSync(file, "");
  expect(resolveModelSource({ uri: "hf:user/Big-GGUF:Q4_0" }, places(folder))).toBe(file);
});

test("a URI that has not been fetched says how to fetch it", () => {
  expect(() => resolveModelSource({ uri: "hf:user/Big-GGUF:Q4_0" }, places("/none"))).toThrow(
    expect.objectContaining({
      code: "model-not-pulled",
      message: "hf:user/Big-GGUF:Q4_0 is not in /none",
      hint: "Run specdec models pull mine.",
      exitCode: 3,
    }),
  );
});

test("an embedded model that is missing means a package that is not whole", () => {
  expect(() => resolveModelSource({ embedded: "none.gguf" }, places("/m"))).toThrow(
    expect.objectContaining({ code: "embedded-model-missing", exitCode: 3 }),
  );
});

test("of a split model the first part is found, and no further one", () => {
  const folder = temporaryFolder();
  const uri = "hf:user/Big-GGUF:Q4_0";
  writeFileSync(join(folder, "hf_user_Big.Q4_0-00002-of-00002.gguf"), "");
  expect(findStoredFile(uri, folder)).toBeUndefined();
  const first = join(folder, "hf_user_Big.Q4_0-00001-of-00002.gguf");
  writeFileSync(first, "");
  expect(findStoredFile(uri, folder)).toBe(first);
});
