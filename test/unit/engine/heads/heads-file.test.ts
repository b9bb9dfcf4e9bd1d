import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { headsData } from "../../../../src/engine/heads/heads-data.ts";
import { readHeadsFile } from "../../../../src/engine/heads/heads-file.ts";
import { temporaryFolder } from "../../../support/temporary-folder.ts";
import { headsGguf, type WrittenHeads } from "../../../support/write-heads.ts";
import {
  smallModel,
  type WrittenGguf,
  type WrittenValue,
  writeGguf,
} from "../../node-llama-cpp/write-gguf.ts";

const width = 32;
const target = {
  name: "Small",
  architecture: "llama",
  vocabularySize: 40,
  vocabularySha256: "ab",
  headerSha256: "cd",
};
const chained: WrittenHeads = { kind: "chained", count: 3, width, target };
const listed = { ...chained, tokens: [2, 3, 5, 7, 39] };

function write(content: WrittenGguf | Uint8Array): string {
  const path = join(temporaryFolder(), "heads.gguf");
  writeFileSync(path, content instanceof Uint8Array ? content : writeGguf(content).bytes);
  return path;
}

function withMetadata(
  changes: Record<string, WrittenValue | undefined>,
  heads: WrittenHeads = chained,
): WrittenGguf {
  const file = headsGguf(heads);
  const entries = Object.entries({ ...file.metadata, ...changes });
  const metadata = Object.fromEntries(entries.filter(([, value]) => value !== undefined));
  return { ...file, metadata: metadata as Record<string, WrittenValue> };
}

function withTensor(name: string, change: (tensor: Tensor) => Tensor | undefined): WrittenGguf {
  const file = headsGguf(chained);
  const tensors = (file.tensors ?? []).flatMap((tensor) => {
    const changed = tensor.name === name ? change(tensor) : tensor;
    return changed === undefined ? [] : [changed];
  });
  return { ...file, tensors };
}
type Tensor = NonNullable<WrittenGguf["tensors"]>[number];

function expectRefused(content: WrittenGguf | Uint8Array, code: string, word: string | RegExp) {
  const path = write(content);
  try {
    readHeadsFile(path);
  } catch (error) {
    expect(error).toMatchObject({ name: "UserError", code, exitCode: 3 });
    const { message, hint } = error as Error & { hint: string };
    expect(message).toContain(path);
    expect(message).toMatch(word);
    expect(hint).toMatch(/\w+/);
    return;
  }
  expect.fail("it was accepted");
}

describe("a file of heads", () => {
  test("says what they are", () => {
    const { bytes, headerBytes } = writeGguf(headsGguf(chained));
    const { info, tokens, offsets } = readHeadsFile(write(bytes));
    expect(info).toEqual({
      file: "heads.gguf",
      sizeBytes: bytes.length,
      headerSha256: createHash("sha256").update(bytes.subarray(0, headerBytes)).digest("hex"),
      ...{ kind: "chained", count: 3, width, outputs: 40, target },
      parameters: 40 * width + 3 * width + 4 * width ** 2 + 3 * 2 * width ** 2,
      quantisation: "F32",
      acceptance: [0.5, 0.25, 0.125],
      trainedTokens: 123_456,
    });
    expect(tokens).toBeUndefined();
    expect(offsets).toHaveLength(3 * width);
  });

  test("may have a reduced vocabulary, with one output for all other tokens", () => {
    const { info, tokens, embeddings } = readHeadsFile(write(headsGguf(listed)));
    expect(info.outputs).toBe(5);
    expect(tokens).toEqual(Int32Array.from(listed.tokens));
    expect(embeddings?.dimensions).toEqual([width, 6]);
  });

  test("gives what heads read", () => {
    const file = headsGguf(listed);
    const heads = headsData(readHeadsFile(write(file)));
    const offsets = file.metadata?.["specdec.heads.offsets"];
    const { f32s = [] } = offsets as { f32s?: number[] };
    expect(heads.offset(2)).toEqual(Float32Array.from(f32s.slice(2 * width)));
    const data = file.tensors?.[0]?.data as Uint8Array;
    const rows = new Float32Array(data.buffer, data.byteOffset, data.byteLength / 4);
    const row = (i: number) => rows.slice(i * width, (i + 1) * width);
    for (const [token, i] of [
      [2, 0],
      [7, 3],
      [39, 4],
      [0, 5],
      [38, 5],
    ] as const) {
      expect(Float32Array.from(heads.embedding(token))).toEqual(row(i));
    }
  });

  test("reads no embeddings where heads are parallel, whatever their type", () => {
    const file = headsGguf({ ...chained, kind: "parallel" });
    const tensors = file.tensors?.map(({ data: _, ...tensor }) =>
      tensor.name === "token_embd.weight" ? { ...tensor, type: 3 } : tensor,
    );
    const heads = headsData(readHeadsFile(write({ ...file, ...(tensors && { tensors }) })));
    expect(heads.kind).toBe("parallel");
    expect(() => heads.embedding(0)).toThrow("read no tokens");
  });
});

describe("what is no file of heads, or not all of one", () => {
  test("a text", () => expectRefused(Buffer.from("heads"), "not-a-gguf", "not a GGUF file"));
  test("an ordinary model", () => expectRefused(smallModel, "not-heads", "it is Small"));

  test("heads of another version", () =>
    expectRefused(withMetadata({ "specdec.heads.version": 2 }), "heads-version", "version 2"));

  const key = (name: string) => `specdec.heads.${name}`;
  test.each<[string, Record<string, WrittenValue | undefined>, RegExp]>([
    ["another kind", { [key("kind")]: "serial" }, /"serial"/],
    ["no kind", { [key("kind")]: undefined }, /does not say specdec\.heads\.kind/],
    ["no heads", { [key("count")]: 0 }, /count is 0/],
    ["far too many heads", { [key("count")]: 33 }, /33 heads/],
    ["a head without an offset", { [key("count")]: 4 }, /offsets are 96 numbers.*each of 4 heads/],
    ["no offsets", { [key("offsets")]: undefined }, /has no offsets/],
    ["offsets that are texts", { [key("offsets")]: ["a"] }, /has no offsets/],
    [
      "offsets that are no numbers",
      { [key("offsets")]: { f32s: nans(96) } },
      /not all its offsets/,
    ],
    ["a share too few", { [key("acceptance")]: { f32s: [0.5] } }, /acceptance are 1 numbers/],
    ["no target", { [key("target.vocabulary_sha256")]: undefined }, /vocabulary_sha256/],
    ["another architecture", { "general.architecture": "qwen2" }, /architecture is qwen2/],
    ["a vocabulary", { "tokenizer.ggml.model": "gpt2" }, /vocabulary of its own/],
    ["two blocks", { "llama.block_count": 2 }, /2 blocks/],
    ["no inner width", { "llama.feed_forward_length": undefined }, /feed_forward_length/],
    ["another width", { "llama.embedding_length": 16 }, /offsets/],
    ["outputs too many", { "llama.vocab_size": 41 }, /41 outputs.*need 40/],
  ])("with %s", (_, changes, word) => expectRefused(withMetadata(changes), "heads-damaged", word));

  test.each([
    ["that fall", [3, 2], /2 follows 3/],
    ["twice", [3, 3], /3 follows 3/],
    ["beyond the target's", [3, 40], /40 follows 3/],
    ["below zero", [-1, 3], /-1 follows -1/],
    ["of none", [], /empty/],
  ])("with tokens %s", (_, tokens, word) =>
    expectRefused(headsGguf({ ...chained, tokens }), "heads-damaged", word),
  );

  test("with outputs for the listed tokens alone", () =>
    expectRefused(withMetadata({ "llama.vocab_size": 5 }, listed), "heads-damaged", /need 6/));

  test("without a tensor", () =>
    expectRefused(
      withTensor("blk.0.ffn_up.weight", () => undefined),
      "heads-damaged",
      /blk\.0\.ffn_up\.weight is missing/,
    ));

  test("with a tensor of another shape", () =>
    expectRefused(
      withTensor("blk.0.attn_k.weight", ({ name }) => ({ name, dimensions: [width, 8] })),
      "heads-damaged",
      /32 by 8, not 32 by 32/,
    ));

  test("with embeddings of a type that cannot be read", () =>
    expectRefused(
      withTensor("token_embd.weight", ({ name, dimensions }) => ({ name, dimensions, type: 3 })),
      "heads-type",
      /Q4_1/,
    ));

  test("that was cut", () => {
    const { bytes } = writeGguf(headsGguf(chained));
    expectRefused(bytes.subarray(0, 2000), "model-truncated", "ends within its header");
    expectRefused(bytes.subarray(0, -1), "model-truncated", "1 of its");
  });
});

function nans(length: number): number[] {
  return new Array<number>(length).fill(Number.NaN);
}
