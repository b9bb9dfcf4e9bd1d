import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readGgufHeader } from "../../src/engine/node-llama-cpp/gguf-header.ts";
import { specdec } from "../support/cli.ts";
import { mapHeader } from "../support/gguf-spans.ts";
import { embedded } from "../support/models.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const timeoutMs = 100_000;

interface Files {
  readonly target: string;
  readonly draft: string;
}

async function generate({ target, draft }: Files, ...flags: readonly string[]) {
  const args = ["--target", target, "--draft", draft, "--gpu", "off", "--threads", "1"];
  return specdec(["generate", "--raw", "--max-tokens", "4", ...args, ...flags, "def f():"], {
    timeoutMs,
  });
}

/** A copy of a model with changed bytes. */
function damaged(source: string, change: (bytes: Buffer) => void): string {
  const bytes = readFileSync(source);
  change(bytes);
  const path = join(temporaryFolder(), "damaged.gguf");
  writeFileSync(path, bytes);
  return path;
}

/** The first weights of one layer's norm are NaN. */
function withNan(source: string): string {
  const header = readGgufHeader(source);
  const norm = header.tensors.find(({ name }) => name === "blk.1.ffn_norm.weight");
  return damaged(source, (bytes) => {
    for (let i = 0; i < 8; i++) bytes.writeFloatLE(Number.NaN, (norm?.fileOffset ?? 0) + 4 * i);
  });
}

/** llama.cpp asserts that it is not below 0, and aborts. */
function withNegativeEpsilon(source: string): string {
  return damaged(source, (bytes) => {
    const { entries } = mapHeader(bytes);
    const epsilon = entries.find(({ key }) => key.endsWith(".layer_norm_rms_epsilon"));
    bytes.writeFloatLE(-1, (epsilon?.end ?? 0) - 4);
  });
}

/** One vocabulary entry becomes a copy of another one of the same length. */
function withDoubledToken(source: string): string {
  const tokens = readGgufHeader(source, ["tokenizer.ggml.tokens"]).metadata.get(
    "tokenizer.ggml.tokens",
  );
  const texts = (typeof tokens === "object" && tokens.texts) || [];
  const from = texts.findIndex((text) => /^[a-z]{5}$/.test(text));
  const to = texts.findIndex((text, i) => i > from && /^[a-z]{5}$/.test(text));
  return damaged(source, (bytes) => {
    const { entries } = mapHeader(bytes);
    let at = (entries.find(({ key }) => key === "tokenizer.ggml.tokens")?.start ?? 0) + 8 + 21 + 16;
    const places = texts.map(() => {
      const start = at + 8;
      at = start + Number(bytes.readBigUInt64LE(at));
      return start;
    });
    bytes.copy(bytes, places[to] as number, places[from] as number, (places[from] as number) + 5);
  });
}

test.each(["target", "draft"] as const)("NaN in a layer names the %s", async (role) => {
  const file = withNan(embedded[role]);
  for (const flags of [
    ["--temp", "0"],
    ["--temp", "0.8"],
    ["--tree-size", "6", "--top-k", "2"],
  ]) {
    const { code, stderr } = await generate({ ...embedded, [role]: file }, ...flags);
    expect({ code, flags }).toEqual({ code: 3, flags });
    expect(stderr).toContain(
      "error: damaged.gguf gives NaN or infinite logits, which choose no token\nhint: ",
    );
  }
});

test("NaN names the target where node-llama-cpp's own API decodes", async () => {
  const target = withNan(embedded.target);
  const { code, stderr } = await generate({ ...embedded, target }, "--engine", "node-llama-cpp");
  expect(code).toBe(3);
  expect(stderr).toContain("error: damaged.gguf gives NaN or infinite logits");
});

test("a file over which llama.cpp aborts is named", async () => {
  const draft = withNegativeEpsilon(embedded.draft);
  const { code, stderr } = await generate({ ...embedded, draft });
  expect(code).toBe(3);
  expect(stderr).toMatch(/^error: the engine host ended unexpectedly by SIGABRT while /);
  expect(stderr).toContain(draft);
  expect(stderr).toContain("GGML_ASSERT");
});

test("a doubled token is found before llama.cpp aborts over it", async () => {
  const draft = withDoubledToken(embedded.draft);
  const says = /^error: .+ lists the token ".+" twice, as \d+ and \d+: llama\.cpp cannot load/;
  for (const run of [
    await generate({ ...embedded, draft }),
    await specdec(["models", "check", embedded.target, draft], { timeoutMs }),
    await specdec(["models", "inspect", draft], { timeoutMs }),
  ]) {
    expect(run).toMatchObject({ code: 3, stdout: "", stderr: expect.stringMatching(says) });
  }
});
