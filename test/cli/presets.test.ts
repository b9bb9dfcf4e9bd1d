import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { reportSchema } from "../../src/bench/report.ts";
import { fakePair, specdec } from "../support/cli.ts";
import { leastPreset, userPresets } from "../support/preset-files.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const nobody = { XDG_CONFIG_HOME: "/nowhere", SPECDEC_MODELS: undefined };
const mine = {
  ...leastPreset,
  draft: { path: "small.gguf" },
  settings: { draftLen: 2, maxTokens: 7, raw: true },
  sweep: { draftLen: "2,3", maxTokens: 5, reps: 2 },
  prompts: ["mine.jsonl"],
};
const onlyPrinted = ["--out", "none"];
const prompts = '{"id": "a", "category": "chat", "prompt": "hi"}\n';

/** The user's presets folder with `mine` in it. */
function withMine(more: Readonly<Record<string, unknown>> = {}) {
  return userPresets({ "mine.json": mine, "mine.jsonl": prompts, ...more });
}

/** @returns the settings that `--print-config` names, and their origins */
async function settingsOf(args: readonly string[], env: NodeJS.ProcessEnv = nobody) {
  const format = args[0] === "bench" ? ["--format", "json"] : ["--json"];
  const { code, stdout } = await specdec([...args, "--print-config", ...format], { env });
  expect(code).toBe(0);
  return JSON.parse(stdout);
}

describe.concurrent("bench --preset", () => {
  test("takes its sweep and prompts; flags win over its models", async () => {
    const { env } = withMine();
    const args = ["bench", "--preset", "mine", ...fakePair, ...onlyPrinted, "--format", "json"];
    const { code, stdout, stderr } = await specdec(args, { env });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(reportSchema.parse(JSON.parse(stdout)).plan).toMatchObject({
      preset: "mine",
      draftLengths: [2, 3],
      maxTokens: 5,
      repetitions: 2,
      raw: true,
      prompts: [{ id: "a" }],
    });
  });

  test("takes a file, and counts its paths from there", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "x.json"), JSON.stringify(mine));
    writeFileSync(join(folder, "mine.jsonl"), prompts);
    const { preset, settings } = await settingsOf(["bench", "--preset", join(folder, "x.json")]);
    expect(preset).toEqual({ id: "mine", file: join(folder, "x.json"), origin: "path" });
    expect(settings.target).toEqual({ value: join(folder, "big.gguf"), origin: "preset" });
    expect(settings.prompts).toEqual({ value: [join(folder, "mine.jsonl")], origin: "preset" });
  });

  test("names the preset in the table", async () => {
    const { env } = withMine();
    const { stdout } = await specdec(["bench", "--preset", "mine", ...fakePair], { env });
    expect(stdout).toMatch(/^preset {3}mine: .+\ntarget {3}fake:/);
  });

  test("says how to fetch what is not there", async () => {
    const folder = temporaryFolder();
    const args = ["bench", "--preset", "smollm2", "--models-dir", folder];
    expect(await specdec(args, { env: nobody })).toEqual({
      code: 3,
      signal: null,
      stdout: "",
      stderr:
        `error: hf:bartowski/SmolLM2-1.7B-Instruct-GGUF:Q4_K_M is not in ${folder}\n` +
        "hint: Run specdec models pull smollm2.\n",
    });
  });
});

describe.concurrent("generate --preset", () => {
  test("takes its settings", async () => {
    const { env } = withMine();
    const args = ["generate", "--preset", "mine", ...fakePair, "--json", "hi"];
    const { code, stdout, stderr } = await specdec(args, { env });
    expect(code).toBe(0);
    expect(stderr).toMatch(/^7 tokens, stopped at --max-tokens; prefill 3 tokens /);
    const rounds = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    const lengths = rounds.flatMap(({ type, drafted }) =>
      type === "round" ? [drafted.length] : [],
    );
    expect(Math.max(...lengths)).toBe(2);
  });

  test("gives way to flags, --raw=false too", async () => {
    const { env } = withMine();
    const args = ["generate", "--preset", "mine", "--max-tokens", "3", "--raw=false"];
    const { settings } = await settingsOf(args, env);
    expect(settings["max-tokens"]).toEqual({ value: "3", origin: "flag" });
    expect(settings.raw).toEqual({ value: false, origin: "flag" });
    expect(settings["draft-len"]).toEqual({ value: "2", origin: "preset" });
  });
});

describe.concurrent("without --preset and --target", () => {
  test("the demonstration pair runs, and a line says so", async () => {
    const args = ["generate", "--print-config"];
    const { stdout } = await specdec(args, { env: nobody });
    expect(stdout).toMatch(/^target +preset python-tiny +\S+python-tiny-target\.gguf$/m);
  });

  test("--draft alone is refused", async () => {
    const { code, stderr } = await specdec(["bench", "--draft", "x.gguf"], { env: nobody });
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr:
        "error: --draft needs a target model\n" +
        "hint: Name it with --target FILE, or a whole pair with --preset NAME.\n",
    });
  });
});

describe.concurrent("--print-config", () => {
  test("loads nothing and tells where each value comes from", async () => {
    const args = ["bench", "--target", "none.gguf", "--draft", "none.gguf", "--temp", "1"];
    const { preset, settings } = await settingsOf(args, { ...nobody, SPECDEC_MODELS: "/models" });
    expect(preset).toBeNull();
    expect(settings).toMatchObject({
      target: { value: "none.gguf", origin: "flag" },
      temp: { value: "1", origin: "flag" },
      "draft-len": { value: "1,2,4", origin: "default" },
      "models-dir": { value: "/models", origin: "environment" },
    });
  });

  test.each([
    [["--draft-len", "x"], "error: --draft-len takes whole numbers"],
    [["--format", "csv"], "error: --print-config prints a table or json"],
  ])("refuses %j", async (wrong, says) => {
    const args = ["bench", "--preset", "smollm2", "--print-config", ...wrong];
    const { code, stdout, stderr } = await specdec(args, { env: nobody });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(says);
  });
});

describe.concurrent("a preset that cannot be used", () => {
  test("is unknown", async () => {
    const { code, stderr } = await specdec(["bench", "--preset", "qwen3-8"], { env: nobody });
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^error: there is no preset qwen3-8\nhint: Did you mean qwen3-8b\? There are gemma-3-4b, .+\n$/,
    );
  });

  test("is empty", async () => {
    const { code, stderr } = await specdec(["bench", "--preset", ""], { env: nobody });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error: --preset is empty\n/);
  });

  test("is broken: choosing it says why, others run with a warning", async () => {
    const { env } = withMine({ "bad.json": '{\n"id": "bad"\n"description": 1}' });
    const bad = await specdec(["bench", "--preset", "bad"], { env });
    expect(bad.code).toBe(2);
    expect(bad.stderr).toMatch(/^error: .+bad\.json line 3 is not JSON: .+\nhint: .+\n$/);
    const args = ["bench", "--preset", "mine", ...fakePair, ...onlyPrinted, "--format", "csv"];
    const good = await specdec(args, { env });
    expect(good.code).toBe(0);
    expect(good.stderr).toMatch(
      /^warning: a preset of yours is left out: .+bad\.json line 3 .+\n$/,
    );
  });
});

test("--prompts takes suites by name, and refuses a misspelt one", async () => {
  const short = ["--reps", "1", "--max-tokens", "2", "--format", "json"];
  const base = ["bench", ...fakePair, ...onlyPrinted, ...short];
  const run = await specdec([...base, "--prompts", "maths", "multi-turn", "hi"], { env: nobody });
  expect({ code: run.code, stderr: run.stderr }).toEqual({ code: 0, stderr: "" });
  const categories = reportSchema
    .parse(JSON.parse(run.stdout))
    .plan.prompts.map(({ category }) => category);
  expect(new Set(categories)).toEqual(new Set(["maths", "multi-turn", "text"]));
  const wrong = await specdec([...base, "--prompts", "math"], { env: nobody });
  expect(wrong.code).toBe(2);
  expect(wrong.stderr).toMatch(
    /^error: --prompts: there is no suite math\nhint: Did you mean maths\?/,
  );
});
