import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { reportSchema } from "../../src/bench/report.ts";
import { specdec } from "../support/cli.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { smallModel, type WrittenGguf, writeGguf } from "../unit/node-llama-cpp/write-gguf.ts";

/** A draft model whose end token and one character have other names. */
const target = "fake:end=-9";
const draft = "fake:end=-9,agreement=0.9,rename=0+34";
const pair = ["--engine", "fake", "--target", target, "--draft", draft];

const differences = 'token 0 is "<end>" and "<end> renamed"; token 34 is "@" and "@ renamed"';
const refusal = {
  code: 3,
  stdout: "",
  stderr:
    `error: ${target} and ${draft} do not share a vocabulary: 2 of 105 tokens differ; ${differences}\n` +
    "hint: Without --strict-vocabulary the pair runs, and these tokens are never drafted.\n",
};

describe.concurrent("a pair whose vocabularies differ in a few tokens", () => {
  test("runs with a note, and writes what the target writes", async () => {
    const args = ["--max-tokens", "200", "--temp", "0", "Who are @ you?"];
    const drafted = await specdec(["generate", ...pair, ...args]);
    const plain = await specdec(["generate", "--engine", "fake", "--target", target, ...args]);
    expect(drafted).toMatchObject({ code: 0, stdout: plain.stdout });
    expect(drafted.stderr).toContain(
      `note: 2 of 105 tokens differ between target and draft and will never be drafted: ${differences}\n`,
    );
    expect(drafted.stderr).toMatch(/acceptance [1-9]\d %/);
  });

  test("is benched with a warning in the report", async () => {
    const short = ["--reps", "1", "--max-tokens", "6", "--prompts", "hi", "--draft-len", "2"];
    const run = await specdec(["bench", ...pair, ...short, "--format", "json", "--out", "none"]);
    expect(run.code).toBe(0);
    const { warnings } = reportSchema.parse(JSON.parse(run.stdout));
    expect(warnings).toContainEqual(
      expect.objectContaining({
        code: "vocabulary-differs",
        text: expect.stringContaining(differences),
      }),
    );
  });

  test.each(["generate", "bench", "tune"])("is refused by %s --strict-vocabulary", async (name) => {
    const prompt = name === "generate" ? ["hi"] : ["--prompts", "hi"];
    const run = await specdec([name, ...pair, "--strict-vocabulary", ...prompt]);
    expect(run).toMatchObject(refusal);
  });

  test("is refused by chat --strict-vocabulary over a pipe", async () => {
    const run = await specdec(["chat", ...pair, "--strict-vocabulary"], { stdin: "hi\n" });
    expect(run).toMatchObject({ code: 3, stderr: expect.stringContaining(refusal.stderr) });
  });
});

describe.concurrent("models check", () => {
  const tokens = ["<s>", "</s>", "<pad>", "<tool>", ...letters(400)];
  // Control, control, unused, user-defined.
  const types = [3, 3, 5, 4, ...letters(400).map(() => 1)];

  function write(changes: Readonly<Record<number, string>>): string {
    const changed = tokens.map((token, id) => changes[id] ?? token);
    const size = changed.length;
    const file: WrittenGguf = {
      metadata: {
        ...smallModel.metadata,
        "tokenizer.ggml.tokens": changed,
        "tokenizer.ggml.token_type": { i32s: types },
        "tokenizer.ggml.bos_token_id": 0,
        "tokenizer.ggml.eos_token_id": 1,
      },
      tensors: [
        { name: "token_embd.weight", dimensions: [8, size] },
        { name: "output_norm.weight", dimensions: [8] },
        { name: "blk.0.attn_norm.weight", dimensions: [8] },
      ],
    };
    const path = join(temporaryFolder(), "model.gguf");
    writeFileSync(path, writeGguf(file).bytes);
    return path;
  }

  test("calls a pair usable, and says what differs", async () => {
    const files = [write({}), write({ 1: "<end>", 2: "[PAD2]", 3: "<call>", 10: "other" })];
    const { code, stdout } = await specdec(["models", "check", ...files]);
    expect(code).toBe(0);
    expect(stdout).toContain(
      "usable: 4 of 404 tokens differ between target and draft and will never be drafted: " +
        'token 1 is "</s>" and "<end>"; token 2 is "<pad>" and "[PAD2]"; ' +
        'token 3 is "<tool>" and "<call>"; and 1 more\n',
    );
    const json = await specdec(["models", "check", ...files, "--json"]);
    expect(JSON.parse(json.stdout)).toMatchObject({
      compatible: true,
      vocabulary: { differing: 4, ordinary: { differing: 1, shared: 400 } },
      warnings: expect.arrayContaining([expect.objectContaining({ code: "vocabulary-differs" })]),
    });
  });

  test("refuses it with --strict-vocabulary, as loading does", async () => {
    const files = [write({}), write({ 1: "<end>" })];
    const run = await specdec(["models", "check", ...files, "--strict-vocabulary"]);
    expect(run.code).toBe(3);
    expect(run.stdout).toContain("do not share a vocabulary: 1 of 404 tokens differ; token 1");
    expect(run.stderr).toContain("hint: Without --strict-vocabulary the pair runs");
  });

  test("refuses more than 1% of other ordinary tokens", async () => {
    const other = Object.fromEntries([5, 6, 7, 8, 9].map((id) => [id, `other ${id}`]));
    const { 5: _, ...fewer } = other;
    const [same, five, four] = [write({}), write(other), write(fewer)];
    const run = await specdec(["models", "check", same, five]);
    expect(run.code).toBe(3);
    expect(run.stdout).toContain("among them 5 of 400 ordinary ones (at most 1% may)");
    expect((await specdec(["models", "check", same, four])).code).toBe(0);
  });
});

function letters(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `w${i}`);
}
