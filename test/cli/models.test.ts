import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { specdec } from "../support/cli.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { smallModel, type WrittenGguf, writeGguf } from "../unit/node-llama-cpp/write-gguf.ts";

/** The small model with attention, and with changes. */
function model(metadata: WrittenGguf["metadata"] = {}, name = "Small"): WrittenGguf {
  return {
    metadata: {
      ...smallModel.metadata,
      "general.name": name,
      "llama.attention.head_count": 4,
      "llama.attention.head_count_kv": 2,
      "tokenizer.ggml.bos_token_id": 0,
      "tokenizer.ggml.eos_token_id": 1,
      ...metadata,
    },
    tensors: [
      ...smallModel.tensors.slice(0, 2),
      { name: "blk.0.attn_k.weight", dimensions: [8, 4] },
      { name: "blk.0.attn_v.weight", dimensions: [8, 4] },
    ],
  };
}

function write(folder: string, name: string, file: WrittenGguf = model()): string {
  const path = join(folder, name);
  writeFileSync(path, writeGguf(file).bytes);
  return path;
}

/** A user's presets folder with one preset; presets come from here and from specdec. */
function withPreset(preset: object): Record<string, string> {
  const config = temporaryFolder();
  const folder = join(config, "specdec", "presets");
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, "mine.json"),
    JSON.stringify({
      id: "mine",
      description: "A pair",
      licence: "MIT",
      hardware: "any",
      ...preset,
    }),
  );
  return { XDG_CONFIG_HOME: config };
}

const models = (...args: readonly string[]) => specdec(["models", ...args]);

test("models --help names its commands", async () => {
  const { code, stdout } = await models("--help");
  expect(code).toBe(0);
  expect(stdout).toMatchInlineSnapshot(`
    "specdec models

    List, fetch, inspect, check and remove models

    Commands:
      specdec models list                    Show the presets and which models are here
      specdec models pull [names..]          Fetch the models of a preset, or a model by its URI
      specdec models inspect [file]          Show what a model file says of itself
      specdec models check [target] [draft]  Tell whether a draft model fits a target, and what it must
                                             achieve
      specdec models rm [names..]            Remove fetched models, without asking

    Options:
      -h, --help     Show help                                                                 [boolean]
          --version  Show version number                                                       [boolean]
    "
  `);
});

test.each(["pull", "rm", "list", "check", "inspect"])("models %s --help", async (name) => {
  const { code, stdout, stderr } = await models(name, "--help");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toContain(`specdec models ${name}`);
});

describe("models inspect", () => {
  test("tells what a file says of itself", async () => {
    const path = write(temporaryFolder(), "small.gguf");
    const { code, stdout, stderr } = await models("inspect", path);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout.replace(path, "small.gguf")).toMatchInlineSnapshot(`
      "file            small.gguf, 1.3 kB
      name            Small
      architecture    llama
      parameters      104
      quantisation    all F32
      trained context 128 tokens
      layers          1
      width           8
      heads           4, of keys and values 2
      vocabulary      bpe, 4 tokens
      special tokens  bos <s> (0), eos </s> (1)
      chat template   yes
      can roll back   yes
      memory          about 3.3 kB: 1.3 kB weights, 2.0 kB KV cache at 128 tokens in f16 (an estimate, without compute buffers)
      "
    `);
  });

  test("as JSON", async () => {
    const path = write(temporaryFolder(), "small.gguf");
    const { code, stdout } = await models("inspect", path, "--json", "--ctx", "100");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      path,
      architecture: "llama",
      parameters: 104,
      vocabulary: { type: "bpe", size: 4, specials: { eos: { id: 1, text: "</s>" } } },
      heads: 4,
      kvHeads: 2,
      experts: null,
      canRollBack: true,
      // Keys and values of width 4, two bytes a number.
      memoryEstimate: { contextSize: 100, cacheBytes: 1600 },
    });
  });

  test("names a mixture of experts", async () => {
    const experts = model({ "llama.expert_count": 8, "llama.expert_used_count": 2 });
    const tensors = [
      ...(experts.tensors ?? []),
      { name: "blk.0.ffn_up_exps.weight", dimensions: [8, 8, 8] },
    ];
    const path = write(temporaryFolder(), "moe.gguf", { ...experts, tensors });
    expect((await models("inspect", path)).stdout).toContain("2 of 8 a token: 232 parameters");
  });

  test("finds a model in the models folder", async () => {
    const folder = temporaryFolder();
    write(folder, "small.gguf");
    const { code } = await models("inspect", "small.gguf", "--models-dir", folder);
    expect(code).toBe(0);
  });

  test("finds a preset's models", async () => {
    const path = write(temporaryFolder(), "small.gguf");
    const env = withPreset({ target: { path } });
    const { code, stdout } = await specdec(["models", "inspect", "mine:target"], { env });
    expect(code).toBe(0);
    expect(stdout).toContain(path);
    expect(await specdec(["models", "inspect", "mine:draft"], { env })).toMatchObject({
      code: 2,
      stderr: "error: the preset mine has no draft model\nhint: Name two models.\n",
    });
  });

  test.each([
    { args: [], code: 2, says: "there is no model to inspect" },
    { args: ["none.gguf"], code: 3, says: "there is no model file none.gguf" },
    { args: [import.meta.filename], code: 3, says: `${import.meta.filename} is not a GGUF file` },
    { args: ["nobody:target"], code: 2, says: "there is no preset nobody" },
    { args: ["x.gguf", "--ctx", "-1"], code: 2, says: "--ctx -1 is not a whole number" },
  ])("$args", async ({ args, code, says }) => {
    const result = await models("inspect", ...args);
    expect(result).toMatchObject({ code, stdout: "" });
    expect(result.stderr).toContain(`error: ${says}`);
  });

  test("refuses a context that the model cannot have", async () => {
    const path = write(temporaryFolder(), "small.gguf");
    const { code, stderr } = await models("inspect", path, "--ctx", "129");
    expect(code).toBe(2);
    expect(stderr).toContain("--ctx 129 is more than small.gguf was trained with (128 tokens)");
  });
});

describe("models check", () => {
  test("finds a pair that fits, and what it must achieve", async () => {
    const folder = temporaryFolder();
    const target = write(folder, "big.gguf", {
      ...model(),
      tensors: [...(model().tensors ?? []), { name: "blk.1.x", dimensions: [312] }],
    });
    const draft = write(folder, "small.gguf");
    const { code, stdout, stderr } = await models("check", target, draft);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatchInlineSnapshot(`
      "target  big.gguf (llama, 416 parameters, all F32, 2.6 kB, 4 bpe tokens, context 128)
      draft   small.gguf (llama, 104 parameters, all F32, 1.3 kB, 4 bpe tokens, context 128)

      yes: the pair is compatible; 4 tokens mean the same to both
      A draft step costs about c = 0.25 target steps, by the parameters that a token goes through.
      If verifying a draft took no longer than one step (v = 1), drafting would pay from a per-token acceptance α of 25% at draft length 1, 37% at draft length 2, 46% at draft length 3, 52% at draft length 4; where verifying takes longer, more is needed. specdec bench measures α, c and v on this machine.
      "
    `);
  });

  test("tells a pair that does not fit, by name", async () => {
    const folder = temporaryFolder();
    const target = write(folder, "a.gguf");
    const draft = write(
      folder,
      "b.gguf",
      model({ "tokenizer.ggml.tokens": ["<s>", "</s>", "b", "a"] }),
    );
    const { code, stdout, stderr } = await models("check", target, draft);
    expect(code).toBe(3);
    expect(stdout).toContain(
      'no: a.gguf and b.gguf do not share a vocabulary: 2 of 4 tokens differ; token 2 is "a" and "b"; token 3 is "b" and "a"\n',
    );
    expect(stderr).toMatch(/^error: b\.gguf cannot draft for a\.gguf\nhint: .+\n$/);
  });

  test("warns of what costs more than it seems", async () => {
    const folder = temporaryFolder();
    const experts = { "llama.expert_count": 8, "llama.expert_used_count": 2 };
    const target = write(folder, "moe.gguf", model(experts));
    const draft = write(folder, "short.gguf", model({ "llama.context_length": 64 }));
    const { code, stdout } = await models("check", target, draft, "--json");
    expect(code).toBe(0);
    const codes = JSON.parse(stdout).warnings.map((warning: { code: string }) => warning.code);
    expect(codes).toEqual(["mixture-of-experts", "draft-too-large", "short-draft-context"]);
  });

  test("tells a model that cannot take tokens back", async () => {
    const folder = temporaryFolder();
    const target = write(folder, "a.gguf");
    const draft = write(folder, "m.gguf", model({ "general.architecture": "mamba" }));
    const { code, stdout } = await models("check", target, draft, "--json");
    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({
      compatible: false,
      problems: [{ code: "cannot-roll-back" }],
    });
  });

  test("takes a preset", async () => {
    const path = write(temporaryFolder(), "small.gguf");
    const env = withPreset({ target: { path }, draft: { path } });
    const { code, stdout } = await specdec(["models", "check", "mine"], { env });
    expect(code).toBe(0);
    expect(stdout).toContain("yes: the pair is compatible");
  });

  test.each([
    { args: [], code: 2, says: "there is no pair to check" },
    { args: ["a.gguf"], code: 2, says: "there is no draft model to check" },
    { args: ["a.gguf", "b.gguf"], code: 3, says: "there is no model file a.gguf" },
    { args: ["nobody"], code: 2, says: "there is no preset nobody" },
  ])("$args", async ({ args, code, says }) => {
    const result = await models("check", ...args);
    expect(result).toMatchObject({ code, stdout: "" });
    expect(result.stderr).toContain(`error: ${says}`);
  });
});

describe("models list", () => {
  test("shows presets, other models and parts", async () => {
    const folder = temporaryFolder();
    write(folder, "small.gguf");
    const other = write(folder, "other.gguf");
    mkdirSync(join(folder, ".parts"));
    writeFileSync(join(folder, ".parts", "half.gguf.ipull"), "");
    const env = withPreset({
      target: { uri: "http://example.com/small.gguf" },
      draft: { uri: "http://example.com/tiny.gguf", sizeBytes: 5_000_000 },
    });
    const list = (...args: string[]) =>
      specdec(["models", "list", "--models-dir", folder, ...args], { env });
    const { code, stdout, stderr } = await list();
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("python-tiny (built-in): ");
    expect(stdout).toMatch(
      /mine \(user\): A pair\n {2}target +\d+\.\d kB {2}\S+small\.gguf\n {2}draft +5\.0 MB {2}not here: http:\/\/example\.com\/tiny\.gguf\n/,
    );
    expect(stdout).toMatch(/Other models in .+\n +\d+\.\d kB {2}other\.gguf\n/);
    expect(stdout).toMatch(/Unfinished downloads\n +0 B {2}half\.gguf\n$/);
    const json = JSON.parse((await list("--json")).stdout);
    expect(json).toMatchObject({ folder, others: [{ name: "other.gguf", path: other }] });
  });

  test("does without a models folder", async () => {
    const { code } = await models("list", "--models-dir", join(temporaryFolder(), "none"));
    expect(code).toBe(0);
  });
});

describe("models rm", () => {
  const remove = (folder: string, ...args: string[]) =>
    specdec(["models", "rm", "--models-dir", folder, ...args]);

  test("removes a file by its name, and says how much is free now", async () => {
    const folder = temporaryFolder();
    const path = write(folder, "small.gguf");
    write(folder, "other.gguf");
    const { code, stdout, stderr } = await remove(folder, "small.gguf");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^removed \S+small\.gguf \(\d+\.\d kB\)\nfreed \d+\.\d kB\n$/);
    expect(existsSync(path)).toBe(false);
    expect(readdirSync(folder)).toEqual(["other.gguf"]);
  });

  test("removes what was fetched from a URI, all its files and its part", async () => {
    const folder = temporaryFolder();
    for (const part of [1, 2]) write(folder, `big-0000${part}-of-00002.gguf`);
    mkdirSync(join(folder, ".parts"));
    writeFileSync(join(folder, ".parts", "big-00001-of-00002.gguf.ipull"), "");
    const uri = "http://example.com/big-00001-of-00002.gguf";
    expect(await remove(folder, uri)).toMatchObject({ code: 0 });
    expect(readdirSync(folder)).toEqual([".parts"]);
    expect(readdirSync(join(folder, ".parts"))).toEqual([]);
  });

  test("removes what was fetched for a preset, its draft heads too", async () => {
    const folder = temporaryFolder();
    write(folder, "small.gguf");
    write(folder, "heads.gguf");
    const env = withPreset({
      target: { uri: "http://example.com/small.gguf" },
      heads: [{ uri: "http://example.com/heads.gguf" }],
    });
    const args = ["models", "rm", "mine", "--models-dir", folder];
    expect(await specdec(args, { env })).toMatchObject({ code: 0 });
    expect(readdirSync(folder)).toEqual([]);
  });

  test("removes all parts, and no model", async () => {
    const folder = temporaryFolder();
    write(folder, "small.gguf");
    mkdirSync(join(folder, ".parts"));
    writeFileSync(join(folder, ".parts", "a.gguf.ipull"), "x");
    expect(await remove(folder, "--all-parts")).toMatchObject({ code: 0 });
    expect(readdirSync(join(folder, ".parts"))).toEqual([]);
    expect(readdirSync(folder)).toContain("small.gguf");
  });

  test("leaves alone what lies elsewhere or comes with specdec", async () => {
    const outside = temporaryFolder();
    const path = write(outside, "small.gguf");
    const folder = join(outside, "models");
    mkdirSync(folder);
    for (const name of [path, "../small.gguf"]) {
      expect(await remove(folder, name)).toMatchObject({
        code: 2,
        stderr: expect.stringContaining(`error: ${name} is not in the models folder\n`),
      });
    }
    expect(existsSync(path)).toBe(true);
    expect((await remove(folder, "python-tiny")).stderr).toContain(
      "error: nothing is fetched for the preset python-tiny\n",
    );
  });

  test("removes nothing where one of the names is wrong", async () => {
    const folder = temporaryFolder();
    write(folder, "small.gguf");
    expect(await remove(folder, "small.gguf", "none.gguf")).toMatchObject({
      code: 3,
      stdout: "",
      stderr: expect.stringContaining(`error: there is nothing of none.gguf in ${folder}\n`),
    });
    expect(readdirSync(folder)).toEqual(["small.gguf"]);
  });

  test("says what is wrong with the folder", async () => {
    const file = join(temporaryFolder(), "file");
    writeFileSync(file, "");
    expect(await remove(file, "small.gguf")).toMatchObject({
      code: 3,
      stderr: expect.stringContaining(`error: cannot read ${file}: ENOTDIR`),
    });
    expect(await remove("", "small.gguf")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("error: --models-dir is empty\n"),
    });
  });

  test("wants a name", async () => {
    expect(await models("rm")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("error: there is nothing to remove\n"),
    });
  });
});
