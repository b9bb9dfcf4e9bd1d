import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { UserError } from "../../../src/errors.ts";
import { findPreset } from "../../../src/presets/find-preset.ts";
import { collectPresets, loadPresets } from "../../../src/presets/load-presets.ts";
import { userPresetsFolder } from "../../../src/presets/preset-folders.ts";
import { leastPreset, userPresets } from "../../support/preset-files.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const nobody = { XDG_CONFIG_HOME: "/nowhere" };
const builtIn = loadPresets(nobody).map(({ preset }) => preset.id);

/** @returns the error of a preset that must not be found */
function failure(name: string, env: NodeJS.ProcessEnv = nobody): UserError {
  try {
    findPreset(name, env);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error(`${name} was found`);
}

describe("the presets", () => {
  test("are the built-in ones without a user's folder", () => {
    expect(builtIn).toContain("python-tiny");
    expect(loadPresets(nobody).every(({ origin }) => origin === "built-in")).toBe(true);
    expect(findPreset("python-tiny", nobody).preset.id).toBe("python-tiny");
  });

  test("are the user's beside them", () => {
    const { env, folder } = userPresets({ "a.json": leastPreset, "notes.txt": "no preset" });
    expect(findPreset("mine", env)).toEqual({
      preset: leastPreset,
      file: join(folder, "a.json"),
      origin: "user",
    });
    expect(loadPresets(env)).toHaveLength(builtIn.length + 1);
  });

  test("of the user win over built-in ones with the same id", () => {
    const { env } = userPresets({ "a.json": { ...leastPreset, id: "smollm2" } });
    expect(findPreset("smollm2", env).origin).toBe("user");
    expect(loadPresets(env).map(({ preset }) => preset.id)).toEqual(builtIn);
  });

  test("are read from a path too, whatever its id", () => {
    const file = join(temporaryFolder(), "x.json");
    writeFileSync(file, `\uFEFF${JSON.stringify({ ...leastPreset, id: "smollm2" })}`);
    expect(findPreset(file, nobody)).toMatchObject({ file, origin: "path" });
  });
});

describe("a broken preset of the user", () => {
  const files = {
    "bad.json": '{\n  "id": "bad",\n  "description" "no colon"\n}',
    "good.json": leastPreset,
  };

  test("leaves the others alone", () => {
    const { env } = userPresets(files);
    const { presets, broken } = collectPresets(env);
    expect(presets).toHaveLength(builtIn.length + 1);
    expect(broken).toMatchObject([{ id: "bad" }]);
  });

  test("says why where it is chosen", () => {
    const { env, folder } = userPresets(files);
    const error = failure("bad", env);
    expect(error.message).toMatch(/bad\.json line 3 is not JSON: /);
    expect(error.message).toContain(folder);
    expect(error.exitCode).toBe(2);
  });

  test("is not quietly replaced by the built-in one that it stands for", () => {
    const { env } = userPresets({ "smollm2.json": "{" });
    expect(failure("smollm2", env).message).toMatch(/smollm2\.json line 1 is not JSON/);
  });

  test("may be one that takes another's id", () => {
    const { env, folder } = userPresets({ "a.json": leastPreset, "b.json": leastPreset });
    expect(failure("mine", env).message).toBe(
      `${folder}/b.json: id: "mine" is taken by ${folder}/a.json`,
    );
  });

  test.each([
    [{ id: "Big One" }, "id: takes lower-case letters, digits, dots and dashes"],
    [{ hardware: undefined }, "hardware: Invalid input: expected string, received undefined"],
    [{ settings: { draftLen: 64 } }, /settings\.draftLen: Too big: .+63/],
    [
      { settings: { draftLen: "aut" } },
      /settings\.draftLen: takes a whole number from 0 to 63, or "auto"/,
    ],
    [{ settings: { drafter: "ngrm" } }, /settings\.drafter: .+"ngram,draft"/],
    [{ settings: { pMin: 2 } }, /settings\.pMin: Too big/],
    [{ sweep: { draftLen: "1,aut" } }, /sweep\.draftLen: takes an axis .+ with or without auto/],
    [{ settings: { draftlen: 4 } }, 'settings: Unrecognized key: "draftlen"'],
    [{ sweep: { draftLen: "1-" } }, 'sweep.draftLen: takes an axis like "1,2,4" or "1-8"'],
    [{ target: { uri: "user/model" } }, /target\.uri: takes "hf:user\/model:quantisation", /],
    [{ target: { uri: "hf:user/model" } }, /target\.uri: takes /],
    [{ target: { path: "a", embedded: "b" } }, /target: takes /],
    [{ draft: {} }, /draft: takes \{"uri": "hf:user\/model:quantisation"\}, /],
    [{ heads: {} }, /heads: takes \{"path": "heads\.gguf"\}, .+, or a list of such/],
    [{ heads: [] }, /heads: /],
    [{ heads: ["a.gguf"] }, /heads/],
    [{ settings: { drafter: "draft,heads" } }, /settings\.drafter: .+"ngram,heads"/],
    [{ prompts: [] }, /prompts: Too small/],
  ])("with %j names the field and what it takes", (changes, says) => {
    const { env, folder } = userPresets({ "mine.json": { ...leastPreset, ...changes } });
    const { message, hint } = failure("mine", env);
    expect(message).toContain(`${folder}/mine.json: `);
    expect(message).toMatch(says);
    expect(hint).toContain("preset.schema.json");
  });
});

describe("what is not there", () => {
  test("is an id with the known ones and the nearest", () => {
    expect(failure("smolm2")).toMatchObject({
      message: "there is no preset smolm2",
      hint: `Did you mean smollm2? There are ${builtIn.join(", ")}; a file is named with its path: ./smolm2.json`,
    });
    expect(failure("zzz").hint).toMatch(/^There are /);
  });

  test("is a file", () => {
    expect(failure("./none.json").message).toMatch(/^there is no preset file .+none\.json$/);
  });

  test("is a folder that is none", () => {
    const home = temporaryFolder();
    writeFileSync(join(home, "specdec"), "");
    const error = failure("smollm2", { XDG_CONFIG_HOME: home });
    expect(error).toMatchObject({ code: "presets-unreadable", exitCode: 3 });
    expect(error.message).toContain(join(home, "specdec", "presets"));
  });
});

test.each([
  ["linux", { XDG_CONFIG_HOME: "/x" }, /^\/x\/specdec\/presets$/],
  ["linux", {}, /\.config\/specdec\/presets$/],
  ["darwin", {}, /Library\/Application Support\/specdec\/presets$/],
  ["win32", { APPDATA: "/roaming" }, /^\/roaming\/specdec\/presets$/],
] as const)("the user's folder on %s with %j", (platform, env, expected) => {
  expect(userPresetsFolder(env, platform)).toMatch(expected);
});
