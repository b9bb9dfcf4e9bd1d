import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { fakePair, fakeTarget, specdec } from "../support/cli.ts";
import { expectHarmless, flood, harmIn, hostile, hostileName } from "../support/hostile.ts";
import { leastPreset, userPresets } from "../support/preset-files.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { headsGguf } from "../support/write-heads.ts";
import { smallModel, writeGguf } from "../unit/node-llama-cpp/write-gguf.ts";

const short = ["--draft-len", "2", "--reps", "1", "--max-tokens", "4"];
/** An argument has 128 kB at most. */
const endless = flood.slice(0, 100_000).replaceAll("\ud800", "");
const bidi = hostile.replaceAll(/\p{Cc}/gu, " ");
/** A file name has 255 bytes at most, and no slash. */
const fileName = `${hostileName}.gguf`;

/** Runs a command that meets hostile text, and holds all that it prints to be harmless. */
async function harmless(
  args: readonly string[],
  options: Parameters<typeof specdec>[1] & { readonly code?: number } = {},
) {
  const { code = 0, ...given } = options;
  const result = await specdec(args, given);
  expect(harmIn(result.stderr)).toEqual([]);
  expect(harmIn(result.stdout, { csv: args.includes("csv") })).toEqual([]);
  expect({ stderr: result.stderr, code: result.code }).toMatchObject({ code });
  return result;
}

function modelNamed(text: string, file = "odd.gguf"): string {
  const path = join(temporaryFolder(), file);
  const metadata = {
    ...smallModel.metadata,
    "general.name": text,
    "llama.attention.head_count": 4,
    "tokenizer.ggml.tokens": [text, "</s>", "a", "b"],
    "tokenizer.ggml.bos_token_id": 0,
  };
  writeFileSync(path, writeGguf({ ...smallModel, metadata }).bytes);
  return path;
}

describe.concurrent("a model file", () => {
  test.each([
    ["hostile", hostileName],
    ["endless", endless],
  ])("with %s metadata, inspected and checked", async (_name, text) => {
    const path = modelNamed(text);
    const { stdout } = await harmless(["models", "inspect", path]);
    expect(stdout).toContain("name            ␛[31mred␛]0;title␇⏎error: forged");
    const json = await specdec(["models", "inspect", path, "--json"]);
    expect(JSON.parse(json.stdout).name).toBe(text);
    expect(harmIn(json.stdout.replaceAll(/z{1000,}/g, ""))).toEqual([]);
    await harmless(["models", "check", path, path]);
    const { stderr } = await harmless(["heads", "info", path], { code: 3 });
    expect(stderr).toMatch(/^error: .+\nhint: .+\n$/);
  });

  test("with a hostile name of its own, wherever it is named", async () => {
    const path = modelNamed("x", fileName);
    const folder = join(path, "..");
    const env = { SPECDEC_MODELS: folder };
    const { stdout } = await harmless(["models", "list"], { env });
    expect(stdout).toContain(" B  ␛[31mred␛]0;title␇⏎error: forged");
    await harmless(["models", "list", "--json"], { env });
    await harmless(["models", "inspect", path]);
    await harmless(["models", "check", path, path]);
    await harmless(["models", "inspect", `${path}x`], { code: 3 });
    await harmless(["models", "rm", fileName], { env });
  });
});

test("draft heads of a hostile target", async () => {
  const target = {
    ...{ name: hostileName, architecture: hostileName, vocabularySize: 4 },
    ...{ vocabularySha256: "0".repeat(64), headerSha256: "0".repeat(64) },
  };
  const heads = headsGguf({ kind: "parallel", count: 2, width: 8, target });
  const path = join(temporaryFolder(), "heads.gguf");
  writeFileSync(path, writeGguf(heads).bytes);
  await harmless(["heads", "info", path]);
  await harmless(["heads", "info", path, "--json"]);
  await harmless(["heads", "info", path, "--target", modelNamed(hostileName)], { code: 3 });
});

describe.concurrent("prompts", () => {
  // Control characters in a name are refused.
  const rows = [
    { id: bidi, category: bidi, prompt: "hi" },
    { id: `b${bidi}${"z".repeat(200_000)}`, category: `b${bidi}`, prompt: "ho" },
  ];

  test.each(["table", "markdown", "csv", "benchmark-action", "json"])(
    "with hostile ids and categories, as %s",
    async (format) => {
      const cwd = temporaryFolder();
      writeFileSync(join(cwd, "p.jsonl"), rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
      const bench = ["bench", ...fakePair, ...short, "--prompts", "p.jsonl", "--out", "a.json"];
      const run = await specdec([...bench, "--by-category", "--format", format], { cwd });
      expect({ stderr: run.stderr, code: run.code }).toMatchObject({ code: 0 });
      expectHarmless(run.stderr);
      const shown = run.stdout.replaceAll("|", "\n").replaceAll(/z{1000,}/g, "");
      expectHarmless(shown, { csv: format === "csv" });
    },
  );

  test("in a file that is no prompt file, and of a hostile name", async () => {
    const cwd = temporaryFolder();
    writeFileSync(
      join(cwd, "bad.jsonl"),
      `{"id": ${JSON.stringify(hostile)}, "prompt": ${endless}\n`,
    );
    writeFileSync(
      join(cwd, "dup.jsonl"),
      `${JSON.stringify(rows[0])}\n${JSON.stringify(rows[0])}\n`,
    );
    const bench = (name: string) => ["bench", ...fakePair, ...short, "--prompts", name];
    await harmless(bench("bad.jsonl"), { cwd, code: 2 });
    await harmless(bench(`${hostileName}.jsonl`), { cwd, code: 2 });
    // A second prompt of the same id gets another one, with a note.
    await harmless([...bench("dup.jsonl"), "--out", "none"], { cwd });
  });
});

test("a report with hostile fields, compared and as a baseline", async () => {
  const cwd = temporaryFolder();
  const bench = ["bench", ...fakePair, ...short, "--prompts", "hi"];
  await harmless([...bench, "--out", "a.json"], { cwd });
  const report = JSON.parse(readFileSync(join(cwd, "a.json"), "utf8"));
  const write = (name: string, changed: object) =>
    writeFileSync(join(cwd, name), JSON.stringify({ ...report, ...changed }));
  const target = { ...report.models.target, file: hostile, name: hostile, quantisation: hostile };
  const warnings = [{ code: "x", text: hostile, hint: flood }];
  write("b.json", { models: { ...report.models, target }, warnings });
  write("c.json", {
    machine: { ...report.machine, cpu: hostile },
    plan: { ...report.plan, seed: 2 },
  });
  write("d.json", { schema: hostile });
  write("e.json", { [hostile]: 1, machine: hostile });
  write("f.json", { models: { ...report.models, target: { ...target, headerSha256: hostile } } });
  for (const format of ["table", "markdown", "json"]) {
    const { stdout } = await specdec(["compare", "b.json", "b.json", "--format", format], { cwd });
    expectHarmless(stdout.replaceAll("|", "\n").replaceAll(/z{1000,}/g, ""));
    await harmless(["compare", "a.json", "c.json", "--format", format], { cwd });
  }
  for (const name of ["d.json", "e.json", "f.json"]) {
    await harmless(["compare", "a.json", name], { cwd, code: 2 });
    await harmless([...bench, "--out", "none", "--check", name], { cwd, code: 2 });
  }
});

test("a job of GitHub with hostile names", async () => {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, "p.jsonl"), JSON.stringify({ id: bidi, category: bidi, prompt: "hi" }));
  const summary = join(cwd, "summary.md");
  const args = [
    "bench",
    ...fakePair,
    ...short,
    "--prompts",
    "p.jsonl",
    "--out",
    "none",
    "--github",
  ];
  await harmless(args, { cwd, env: { GITHUB_STEP_SUMMARY: summary } });
  expectHarmless(readFileSync(summary, "utf8"));
});

test("presets of a user", async () => {
  const { env } = userPresets({
    "mine.json": {
      ...leastPreset,
      description: hostile,
      licence: hostile,
      target: { path: hostileName },
    },
    "endless.json": { ...leastPreset, id: "endless", description: flood },
    "bad.json": { ...leastPreset, id: hostile, [hostile]: 1 },
    [`${hostileName}.json`]: "{",
  });
  const { stdout, stderr } = await harmless(["models", "list"], { env });
  expect(stdout).toContain("mine (user): ␛[31mred");
  expect(stderr).toMatch(/^(?:warning: a preset of yours is left out: .+\n){2}$/);
  await harmless(["models", "check", "mine"], { env, code: 2 });
  await harmless(["bench", "--preset", "mine"], { env, code: 3 });
  await harmless(["bench", "--preset", "mine", "--print-config"], { env });
});

describe.concurrent("what a user types", () => {
  test.each([
    ["an option's value", ["bench", ...fakePair, "--draft-len", endless]],
    ["a choice", ["bench", ...fakePair, "--format", hostileName]],
    ["an option", ["bench", `--${hostileName}`]],
    ["a command", [hostileName]],
    ["a preset", ["bench", "--preset", hostileName]],
    ["a drafter", ["generate", ...fakePair, "--drafter", hostileName, "hi"]],
    ["too many words", ["generate", ...fakePair, "hi", endless]],
    ["a fake model", ["generate", "--engine", "fake", "--target", `fake:${hostileName}`, "hi"]],
    ["a folder", ["generate", "--target", `${hostileName}/x.gguf`, "hi"]],
  ])("%s", async (_name, args) => {
    const { stdout, stderr, code } = await specdec(args);
    expect({ stdout, code: code === 2 || code === 3 }).toEqual({ stdout: "", code: true });
    expectHarmless(stderr);
    expect(stderr).toMatch(/^error: .+\n(?:hint: .+\n)?$/);
  });

  test("a folder of models, in the environment", async () => {
    await harmless(["models", "list"], { env: { SPECDEC_MODELS: hostileName } });
    const env = { SPECDEC_MODELS: `/dev/null/${hostileName}` };
    await harmless(["models", "inspect", "smollm2:target"], { env, code: 3 });
    await harmless(["doctor", "--engine", "fake", "--target", "fake:", "--draft", "fake:"], {
      env,
      code: 3,
    });
  });
});

test("a chat by lines, and what it saves and loads", async () => {
  const cwd = temporaryFolder();
  mkdirSync(join(cwd, "saved"));
  const saved = { specdec: "chat", version: 99, turns: [] };
  writeFileSync(join(cwd, "saved", "new.json"), JSON.stringify(saved));
  writeFileSync(
    join(cwd, "saved", "odd.json"),
    JSON.stringify({ ...saved, version: 1, [hostile]: 1 }),
  );
  const oneLine = hostileName.replaceAll(/[\r\n]/g, "");
  const lines = [
    ...["hi", `/${oneLine}`, `/draft-len ${oneLine}`, `/system ${oneLine}`, "/system"],
    ...[
      `/save ${oneLine}.md`,
      `/load ${oneLine}.json`,
      "/load saved/new.json",
      "/load saved/odd.json",
    ],
  ];
  const args = ["chat", ...fakePair, "--max-tokens", "4"];
  await harmless(args, { cwd, stdin: `${lines.join("\n")}\n`, code: 3 });
});

test("generated text is what the model wrote where it goes to a file", async () => {
  const { stdout } = await specdec(["generate", ...fakeTarget, "--max-tokens", "40", "hi"]);
  const again = await specdec(["generate", ...fakeTarget, "--max-tokens", "40", "--json", "hi"]);
  const events = again.stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  const text = events.flatMap(({ emitted = [] }) =>
    emitted.map((token: { text: string }) => token.text),
  );
  expect(stdout).toBe(`${text.join("")}${events.at(-1).text}\n`);
});
