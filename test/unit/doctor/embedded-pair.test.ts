import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { expect, test } from "vitest";
import { embeddedModels, missingOf } from "../../../src/doctor/embedded-pair.ts";
import { builtInPresetsFolder } from "../../../src/presets/preset-folders.ts";

test("what doctor looks for is all that the presets have from the package", () => {
  const texts = readdirSync(builtInPresetsFolder)
    .filter((name) => name.endsWith(".json") && !name.endsWith(".schema.json"))
    .map((name) => readFileSync(join(builtInPresetsFolder, name), "utf8"));
  const named = texts.flatMap((text) =>
    [...text.matchAll(/"embedded": "([^"]+)"/g)].map((match) => match[1]),
  );
  expect(new Set(embeddedModels.map((path) => basename(path)))).toEqual(new Set(named));
});

test("names what is not there", () => {
  expect(missingOf(embeddedModels)).toEqual([]);
  expect(missingOf([...embeddedModels, "/nowhere/heads.gguf"])).toEqual(["heads.gguf"]);
});
