import { existsSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { describe, expect, test } from "vitest";
import { suiteFile } from "../../../src/bench/prompt-suites.ts";
import { presetJsonSchema } from "../../../src/presets/json-schema.ts";
import { loadPresets } from "../../../src/presets/load-presets.ts";

const shipped = loadPresets({ XDG_CONFIG_HOME: "/nowhere" });

describe.each(shipped)("$preset.id", ({ preset, file }) => {
  test("is named like its file", () => {
    expect(basename(file)).toBe(`${preset.id}.json`);
  });

  test("has a draft or heads, prompts that are there, and its licence", () => {
    expect(preset.draft ?? preset.heads).toBeDefined();
    for (const suite of preset.prompts ?? [])
      expect(existsSync(suiteFile(suite)), suite).toBe(true);
    expect(preset.prompts).not.toHaveLength(0);
    expect(preset.licence).not.toBe("");
  });

  test("names its schema for editors", () => {
    expect(preset.$schema).toBe("./preset.schema.json");
  });

  test("says what could not be tried, where it has to be fetched", () => {
    const fetched = "uri" in preset.target;
    expect(preset.untried === undefined).toBe(!fetched);
  });
});

test("the JSON Schema is that of the code (npx tsx scripts/write-preset-schema.ts)", () => {
  const file = new URL("../../../presets/preset.schema.json", import.meta.url);
  expect(readFileSync(file, "utf8")).toBe(presetJsonSchema());
});
