import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type BenchReport, reportSchema } from "../../src/bench/report.ts";
import { fakeTarget, specdec } from "../support/cli.ts";
import { serveModel } from "../support/model-server.ts";
import { leastPreset, userPresets } from "../support/preset-files.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { headsGguf } from "../support/write-heads.ts";
import { smallModel, writeGguf } from "../unit/node-llama-cpp/write-gguf.ts";

const parallel = "fake:kind=parallel,count=4,agreement=0.5,step=0.1";
const chained = "fake:kind=chained,count=3,agreement=0.8,step=0.1";
const draft = ["--draft", "fake:agreement=0.8,step=0.3"];
const short = ["--reps", "1", "--max-tokens", "12", "--prompts", "hi"];

async function reportOf(...args: readonly string[]): Promise<BenchReport> {
  const fixed = ["bench", ...fakeTarget, ...short, "--format", "json", "--out", "none"];
  const { code, stdout, stderr } = await specdec([...fixed, ...args]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return reportSchema.parse(JSON.parse(stdout));
}

const idsOf = ({ cells }: BenchReport) => cells.map(({ id }) => id);

describe.concurrent("specdec generate with draft heads", () => {
  const generate = (...args: readonly string[]) =>
    specdec(["generate", ...fakeTarget, "--max-tokens", "24", ...args, "hi"]);

  test("writes what plain decoding writes", async () => {
    const plain = await generate("--drafter", "none");
    for (const heads of [parallel, chained]) {
      const drafted = await generate("--heads", heads);
      expect(drafted.stdout).toBe(plain.stdout);
      expect(drafted.stderr).toMatch(/acceptance \d+ %/);
    }
  });

  test("drafts with them where a draft model is there too, and otherwise where that is asked for", async () => {
    const drafters = async (...args: readonly string[]) => {
      const { stdout } = await generate("--heads", chained, ...draft, "--json", ...args);
      const events = stdout
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as { type: string; drafter?: string });
      const named = events.flatMap(({ type, drafter }) =>
        type === "round" && drafter !== undefined ? [drafter] : [],
      );
      return [...new Set(named)];
    };
    expect(await drafters()).toEqual(["heads"]);
    expect(await drafters("--drafter", "draft")).toEqual(["draft"]);
  });

  test("says where a length goes beyond them", async () => {
    const { code, stderr } = await generate("--heads", chained, "--draft-len", "8");
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /^warning: --draft-len 8 goes beyond the heads of a file, .+: 3 \(chained\)\nhint: /,
    );
  });

  test.each([
    [["--drafter", "heads"], 2, /^error: --drafter heads needs a file of draft heads\nhint: /],
    [["--heads", ""], 2, /^error: --heads is empty\n/],
    [["--heads", "fake:seed=2"], 3, /^error: fake:seed=2 holds no draft heads/],
    [["--heads", "fake:kind=chained,shift=1"], 3, /^error: .+ has heads for fake with .+\nhint: /],
    [
      ["--heads", chained, ...draft, "--drafter", "draft,heads"],
      2,
      /^error: --drafter draft,heads: draft and heads do not draft for one text\n/,
    ],
  ])("refuses %j", async (args, code, says) => {
    const result = await generate(...args);
    expect(result).toMatchObject({ code, stdout: "" });
    expect(result.stderr).toMatch(says);
  });
});

describe("specdec bench with draft heads", () => {
  test("has rows of each file beside the draft model's, by default", async () => {
    const args = ["--heads", parallel, chained, "--draft-len", "2", "--max-tokens", "48"];
    const report = await reportOf(...draft, ...args);
    expect(idsOf(report)).toEqual([
      "plain-t0",
      "draft-n2-k1-t0",
      "heads-parallel-n2-k1-t0",
      "heads-chained-n2-k1-t0",
    ]);
    expect(report.models.heads?.map(({ kind, count }) => [kind, count])).toEqual([
      ["parallel", 4],
      ["chained", 3],
    ]);
    const drafted = report.cells.slice(1);
    expect(drafted.every(({ samples }) => samples.every((each) => each.accepted > 0))).toBe(true);
    expect(drafted.map(({ summary }) => summary?.sameAsPlain)).toEqual(
      drafted.map(() => ({ equal: 1, compared: 1, differences: [] })),
    );
    // Each row has drafted with its own file: one knows the target better.
    const [, , worse, better] = report.cells;
    expect(better?.summary?.alpha).toBeGreaterThan(worse?.summary?.alpha ?? 1);
  });

  test("has none of other drafters, and says where a length goes beyond them", async () => {
    const args = ["--heads", chained, "--drafter", "heads", "--drafter", "ngram,heads"];
    const { warnings, ...report } = await reportOf(...args, "--draft-len", "3,4");
    expect(idsOf({ warnings, ...report })).toEqual([
      "plain-t0",
      "heads-chained-n3-k1-t0",
      "ngram+heads-chained-n3-k1-t0",
      "ngram+heads-chained-n4-k1-t0",
    ]);
    expect(warnings).toContainEqual({
      code: "axis-inert",
      text: "--draft-len 3,4 goes beyond the heads of a file, which drafts one token a head: 3 (chained), so equal cells are run once",
      hint: "Lower --draft-len, or name a file with more heads.",
    });
  });

  test("drafts trees with them, and above temperature 0", async () => {
    const args = ["--heads", parallel, "--top-k", "2", "--tree-size", "6", "--draft-len", "2"];
    const { cells } = await reportOf(...args, "--temp", "0,0.8");
    expect(cells.map(({ id, state }) => [id, state])).toEqual([
      ["plain-t0", "done"],
      ["heads-parallel-n2-k2-s6-t0", "done"],
      ["plain-t0.8", "done"],
      ["heads-parallel-n2-k2-s6-t0.8", "done"],
    ]);
  });

  test("names the kind in the table, and the files above it", async () => {
    const args = ["bench", ...fakeTarget, ...short, "--out", "none", "--draft-len", "1"];
    const { code, stdout } = await specdec([...args, "--heads", parallel, "--heads", chained]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^heads {4}fake:kind=parallel.+\(parallel, 4 heads, /m);
    expect(stdout).toMatch(/^heads parallel +1 /m);
    expect(stdout).toMatch(/^heads chained +1 /m);
  });

  test("is a gate for the same heads only", async () => {
    const cwd = temporaryFolder();
    const run = (heads: string, ...args: readonly string[]) =>
      specdec(
        [
          ...["bench", ...fakeTarget, ...short, "--out", "none", "--draft-len", "2"],
          ...["--heads", heads, "--check", "base.json", "--max-regression", "90%", ...args],
        ],
        { cwd },
      );
    expect((await run(chained, "--update-baseline")).code).toBe(0);
    expect((await run(chained)).code).toBe(0);
    const other = await run(parallel);
    expect(other.code).toBe(2);
    expect(other.stderr).toMatch(/no baseline for this bench: heads: fake:kind=chained.+, then /);
  });

  test("takes heads from a preset, counted from its folder", async () => {
    const heads = [{ path: "a.gguf" }, { path: "b.gguf" }];
    const { folder, env } = userPresets({ "mine.json": { ...leastPreset, heads } });
    const own = env.XDG_CONFIG_HOME;
    const file = join(folder, "mine.json");
    const config = async (command: string): Promise<Record<string, { value: unknown }>> => {
      const json = command === "bench" ? ["--format", "json"] : ["--json"];
      const { stdout } = await specdec([command, "--preset", file, "--print-config", ...json]);
      return (JSON.parse(stdout) as { settings: Record<string, { value: unknown }> }).settings;
    };
    const bench = await config("bench");
    expect(bench.heads).toEqual({
      value: [join(folder, "a.gguf"), join(folder, "b.gguf")],
      origin: "preset",
    });
    expect(bench.drafter).toEqual({ value: ["heads"], origin: "default" });
    expect((await config("generate")).heads?.value).toBe(join(folder, "a.gguf"));
    const list = await specdec(["models", "list", "--json"], {
      env: { XDG_CONFIG_HOME: own },
    });
    const { presets } = JSON.parse(list.stdout) as { presets: { id: string; models: object[] }[] };
    expect(presets.find(({ id }) => id === "mine")?.models).toMatchObject([
      { role: "target", kind: "path" },
      { role: "heads", kind: "path", source: "a.gguf" },
      { role: "heads", kind: "path", source: "b.gguf" },
    ]);
  });
});

test("specdec tune refuses heads, which it does not replay", async () => {
  for (const args of [
    ["--heads", chained],
    ["--drafter", "heads"],
  ]) {
    const { code, stderr } = await specdec(["tune", ...fakeTarget, ...args]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error: tune does not replay draft heads: .+\nhint: .*specdec bench/);
  }
});

test("specdec chat talks with heads, and changes to them and back", async () => {
  const args = ["chat", ...fakeTarget, ...draft, "--heads", chained, "--max-tokens", "12"];
  const stdin = "hi\n/drafter draft\nhi\n/drafter heads\nhi\n/save chat.json\n";
  const cwd = temporaryFolder();
  const { code, stderr } = await specdec([...args, "--temp", "0"], { stdin, cwd });
  expect({ code, errors: stderr.includes("error") }).toEqual({ code: 0, errors: false });
  const saved = JSON.parse(readFileSync(join(cwd, "chat.json"), "utf8")) as {
    models: { heads: string[] };
    turns: { answer: { events: { type: string; drafter?: string }[] } }[];
  };
  expect(saved.models.heads).toEqual([chained]);
  const drafters = saved.turns.map(({ answer }) => [
    ...new Set(answer.events.flatMap(({ drafter }) => drafter ?? [])),
  ]);
  expect(drafters).toEqual([["heads"], ["draft"], ["heads"]]);
});

describe("specdec heads", () => {
  test("without a command is its help", async () => {
    const { code, stdout, stderr } = await specdec(["heads"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("specdec heads info [file]");
    expect(stdout).toBe((await specdec(["heads", "--help"])).stdout);
  });

  test("info shows what a file says", async () => {
    const { code, stdout, stderr } = await specdec(["heads", "info", chained]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^kind +chained: /m);
    expect(stdout).toMatch(/^ {2}head {2}1 {2}█+ +80\.0%$/m);
    expect(stdout.match(/^ {2}head/gm)).toHaveLength(3);
  });

  test("info --json is the same as data", async () => {
    const { stdout } = await specdec(["heads", "info", parallel, "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({
      path: parallel,
      kind: "parallel",
      count: 4,
      target: { architecture: "fake" },
    });
  });

  const small = () => {
    const file = join(temporaryFolder(), "small.gguf");
    writeFileSync(file, writeGguf(smallModel).bytes);
    return file;
  };

  test("info --target says why heads do not fit, and ends with 3", async () => {
    const args = ["heads", "info", chained, "--target", "python-tiny:target"];
    const { code, stdout, stderr } = await specdec(args);
    expect(code).toBe(3);
    expect(stdout).toMatch(
      /no: they do not fit python-tiny-target\.gguf\nbecause: .+ has heads for fake with the architecture fake, /,
    );
    expect(stderr).toMatch(/^error: .+ has heads for fake with the architecture fake, .+\nhint: /);
    const asData = await specdec([...args, "--json"]);
    expect(asData.code).toBe(3);
    expect(JSON.parse(asData.stdout)).toMatchObject({
      fit: { target: "python-tiny-target.gguf", fits: false },
    });
  });

  test.each([
    [[], 2, "error: there is no file of draft heads to show\n"],
    [["nowhere.gguf"], 3, "error: "],
    [["python-tiny:draft"], 3, "holds no draft heads"],
    [["smollm2:heads"], 2, "error: the preset smollm2 has no draft heads\n"],
  ])("info refuses %j", async (args, code, says) => {
    const result = await specdec(["heads", "info", ...args]);
    expect(result).toMatchObject({ code, stdout: "" });
    expect(result.stderr).toContain(says);
  });

  const written = writeGguf(
    headsGguf({
      kind: "parallel",
      count: 2,
      width: 8,
      tokens: [1, 3],
      target: {
        ...{ name: "Small", architecture: "llama", vocabularySize: 4 },
        ...{ vocabularySha256: "v", headerSha256: "h" },
      },
    }),
  ).bytes;

  test("info reads a real file, also one that was pulled, and inspect sends there", async () => {
    const folder = temporaryFolder();
    const server = await serveModel(written);
    const uri = `${server.url}/some/heads.gguf`;
    const pulled = await specdec(["models", "pull", uri, "--models-dir", folder]);
    expect(pulled.code).toBe(0);
    const { stdout } = await specdec(["heads", "info", "heads.gguf", "--models-dir", folder]);
    expect(stdout).toMatch(/^proposes +2 of the target's 4 tokens$/m);
    expect(stdout).toMatch(/^trained on +123456 tokens of text$/m);
    expect(stdout).toMatch(/^ {2}head {2}2 {2}█{5} +25\.0%$/m);
    const inspected = await specdec(["models", "inspect", join(folder, "heads.gguf")]);
    expect(inspected.code).toBe(3);
    expect(inspected.stderr).toMatch(/heads\.gguf is no model of its own: .+\nhint: .+--heads/);
  });

  test("a download of heads that is not whole is no file of heads", async () => {
    const folder = temporaryFolder();
    const server = await serveModel(written.subarray(0, -100));
    const uri = `${server.url}/some/heads.gguf`;
    const { code, stderr } = await specdec(["models", "pull", uri, "--models-dir", folder]);
    expect(code).toBe(3);
    expect(stderr).toContain("is not complete: 100 of its");
  });

  test("info of a model says what it is", async () => {
    const { code, stderr } = await specdec(["heads", "info", small()]);
    expect(code).toBe(3);
    expect(stderr).toMatch(/small\.gguf holds no draft heads: it is Small\nhint: /);
  });
});

describe("heads features", () => {
  const features = ["heads", "features", "--engine", "fake", "--target", "fake:"];

  function folderWithText(): string {
    const folder = temporaryFolder();
    const text = Array.from({ length: 200 }, (_, i) => `word${i} and`).join(" ");
    writeFileSync(join(folder, "text.txt"), text);
    return folder;
  }

  test("records as many places as its files say, and holds some out", async () => {
    const text = folderWithText();
    const out = join(temporaryFolder(), "out");
    const flags = ["--text", text, "--tokens", "600", "--own-length", "20", "--out", out];
    const { code, stdout } = await specdec([...features, ...flags]);
    expect(code).toBe(0);
    expect(stdout).toBe(`${out}\n`);
    const about = JSON.parse(readFileSync(join(out, "features.json"), "utf8"));
    const sequences = about.sequences as { rows: number; origin: string; heldOut: boolean }[];
    expect(about.rows).toBeGreaterThanOrEqual(600);
    expect(sequences.reduce((sum, { rows }) => sum + rows, 0)).toBe(about.rows);
    expect(new Set(sequences.map(({ origin }) => origin))).toEqual(new Set(["own", "text"]));
    expect(sequences.some(({ heldOut }) => heldOut)).toBe(true);
    const bytes = (name: string) => statSync(join(out, name)).size;
    expect(bytes("tokens.i32")).toBe(4 * about.rows);
    expect(bytes("hidden.f16")).toBe(2 * about.width * about.rows);
    expect(bytes("candidates.i32")).toBe(4 * about.candidates * about.rows);
    expect(bytes("probabilities.f16")).toBe(2 * about.candidates * about.rows);
  });

  test("says what is wrong with a folder before anything is loaded", async () => {
    const text = folderWithText();
    const file = join(text, "text.txt");
    const run = (...flags: string[]) => specdec([...features, ...flags]);
    const taken = await run("--text", text, "--out", file);
    expect(taken.code).toBe(3);
    expect(taken.stderr).toContain(`error: cannot write the recording ${file}: it is no folder`);
    const nowhere = await run("--text", text, "--out", join(text, "no", "where"));
    expect(nowhere.code).toBe(3);
    expect(nowhere.stderr).toContain("there is no such file or folder");
    const missing = await run("--text", join(text, "none"), "--out", join(text, "out"));
    expect(missing.code).toBe(3);
    expect(missing.stderr).toContain("error: there is no folder");
    const empty = await run("--text", temporaryFolder(), "--out", join(text, "out"));
    expect(empty.code).toBe(2);
    expect(empty.stderr).toContain("holds no text");
  });
});
