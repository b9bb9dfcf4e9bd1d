import { closeSync, ftruncateSync, openSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { fileRemarks } from "../../../src/engine/node-llama-cpp/file-remarks.ts";
import { readGgufHeader } from "../../../src/engine/node-llama-cpp/gguf-header.ts";
import { readHeaderVocabulary } from "../../../src/engine/node-llama-cpp/header-vocabulary.ts";
import { readModelFile } from "../../../src/engine/node-llama-cpp/model-file.ts";
import { refusal, smallWith, writeTo } from "../../support/gguf-files.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { smallModel, type WrittenGguf, type WrittenTensor, writeGguf } from "./write-gguf.ts";

const write = (content: Uint8Array | WrittenGguf) => writeTo(temporaryFolder(), "m.gguf", content);
const refused = (content: Uint8Array | WrittenGguf) => refusal(() => readModelFile(write(content)));
const remarks = async (content: Uint8Array | WrittenGguf) =>
  fileRemarks(await readModelFile(write(content)));

/** A model with blocks that have these tensors, by their names. */
function blocks(
  count: number,
  names: (block: number) => readonly string[],
  architecture = "llama",
) {
  const inBlocks = Array.from({ length: count }, (_, block) =>
    names(block).map((name): WrittenTensor => ({ name: `blk.${block}.${name}`, dimensions: [8] })),
  );
  const tensors = [...smallModel.tensors.slice(0, 2), ...inBlocks.flat()];
  const key = `${architecture}.block_count`;
  return smallWith({ "general.architecture": architecture, [key]: count }, tensors);
}

describe("tensors", () => {
  test("are missing for a block that the header counts", async () => {
    const halfway = blocks(4, (block) => (block < 2 ? ["attn_norm.weight"] : []));
    const { code, message } = await refused(halfway);
    expect(code).toBe("model-incomplete");
    expect(message).toContain("its header counts 4 blocks, and blk.2 to blk.3 have no tensors");
    const other = blocks(3, (block) => (block === 1 ? [] : ["ssm_a"]), "mamba");
    expect((await refused(other)).message).toContain("blk.1 has no tensors");
  });

  test("are those for multi-token prediction alone", async () => {
    const file = blocks(4, (block) => (block === 3 ? ["nextn.eh_proj.weight"] : []), "glm4moe");
    const { message } = await refused(file);
    expect(message).toContain("only the layers for multi-token prediction are in it");
    expect(message).toContain("blk.0 to blk.2 have no tensors");
  });

  test("may lack what is for multi-token prediction", async () => {
    const file = blocks(3, (block) => (block < 2 ? ["attn_norm.weight"] : []), "glm4moe");
    const metadata = { ...file.metadata, "glm4moe.nextn_predict_layers": 1 };
    expect((await readModelFile(write({ ...file, metadata }))).info.layers).toBe(3);
  });

  test("are missing in one block of many", async () => {
    const all = ["attn_norm.weight", "ffn_up.weight"];
    const { message } = await refused(blocks(3, (block) => (block === 1 ? all.slice(0, 1) : all)));
    expect(message).toContain("blk.1.ffn_up.weight is missing, which 2 other blocks have");
    // Blocks of a hybrid differ.
    await readModelFile(
      write(blocks(3, (block) => (block === 1 ? all.slice(0, 1) : all), "jamba")),
    );
  });

  test("are missing outside the blocks", async () => {
    const tensors = smallModel.tensors.filter(({ name }) => name !== "output_norm.weight");
    expect((await refused({ ...smallModel, tensors })).message).toContain(
      "the tensor output_norm.weight is missing",
    );
  });

  test("are for another number of tokens", async () => {
    const tokens = ["<s>", "</s>", "a", "b", "c"];
    const { message } = await refused(smallWith({ "tokenizer.ggml.tokens": tokens }));
    expect(message).toContain("it has embeddings for 4 tokens, and lists 5");
  });

  test("count more blocks than a file can have, without filling the memory", async () => {
    expect((await refused(smallWith({ "llama.block_count": 2 ** 31 - 1 }))).code).toBe(
      "model-incomplete",
    );
    expect((await refused(smallWith({ "llama.block_count": 2 ** 32 - 1 }))).code).toBe(
      "model-corrupt",
    );
  });

  test("lie elsewhere than they must", async () => {
    const { bytes } = writeGguf(smallModel);
    const at = bytes.indexOf("output_norm.weight") + "output_norm.weight".length + 4 + 8 + 4;
    bytes.writeBigUInt64LE(64n, at);
    expect((await refused(bytes)).message).toContain(
      "the data of output_norm.weight should start at byte 128, not 64",
    );
  });

  test("are of a type that is gone, or not known yet", async () => {
    const { bytes } = writeGguf(smallModel);
    const at = bytes.indexOf("token_embd.weight") + "token_embd.weight".length + 4 + 16;
    bytes.writeUInt32LE(31, at);
    expect((await refused(bytes)).message).toContain("token_embd.weight of type Q4_0_4_4");
    bytes.writeUInt32LE(77, at);
    expect(await remarks(bytes)).toMatchObject([
      { code: "unsupported-tensor-type", prevents: true },
    ]);
    bytes.writeUInt32LE(12, at);
    expect((await refused(bytes)).message).toContain("Q4_K stores 256 weights together");
  });

  test("are followed by bytes of no tensor", async () => {
    const { bytes } = writeGguf(smallModel);
    expect(await remarks(bytes)).toEqual([]);
    expect(await remarks(Buffer.concat([bytes, Buffer.alloc(4096)]))).toMatchObject([
      { code: "trailing-bytes", prevents: false, text: expect.stringContaining("4096 bytes") },
    ]);
  });
});

describe("a file is odd, and may be read", () => {
  test.each([
    [{ "general.architecture": "qwen9" }, "unsupported-architecture", '"qwen9"'],
    [{ "tokenizer.ggml.model": "newtok" }, "unsupported-tokenizer", '"newtok"'],
    [{ "tokenizer.ggml.pre": "my-new-pre" }, "unsupported-tokenizer", '"my-new-pre"'],
  ])("%o", async (metadata, code, says) => {
    expect(await remarks(smallWith(metadata))).toMatchObject([
      { code, prevents: true, text: expect.stringContaining(says) },
    ]);
  });
});

describe("a vocabulary", () => {
  const read = (metadata: WrittenGguf["metadata"]) =>
    readHeaderVocabulary(write(smallWith(metadata)));

  test("is read from the header", () => {
    const { size, type, specials, entry } = read({
      "tokenizer.ggml.bos_token_id": 0,
      "tokenizer.ggml.eos_token_id": 4,
    });
    expect({ size, type, specials }).toEqual({
      size: 4,
      type: "bpe",
      // There is no token 4.
      specials: { bos: 0, eos: undefined, eot: undefined },
    });
    expect([0, 3, 4].map(entry)).toEqual(["<s>", "b", ""]);
  });

  test("has a token twice", async () => {
    const tokens = ["a", "b", "b", "a", "c"];
    const { code, message } = await refusal(() => read({ "tokenizer.ggml.tokens": tokens }));
    expect(code).toBe("vocabulary-doubled");
    expect(message).toContain('the token "b" twice, as 1 and 2; 1 more are doubled');
  });

  test("may have empty tokens, which llama.cpp names", () => {
    const { entry } = read({ "tokenizer.ggml.tokens": ["a", "", "", "b"] });
    expect([1, 2].map(entry)).toEqual(["[EMPTY_1]", "[EMPTY_2]"]);
  });

  test("holds numbers", async () => {
    const { code } = await refusal(() => read({ "tokenizer.ggml.tokens": { i32s: [1, 2, 3, 4] } }));
    expect(code).toBe("model-corrupt");
  });
});

describe("an absurd header is refused at once", () => {
  const list = (type: number, count: bigint) => {
    const raw = Buffer.alloc(4 + 4 + 8);
    raw.writeUInt32LE(9, 0);
    raw.writeUInt32LE(type, 4);
    raw.writeBigUInt64LE(count, 8);
    return { raw };
  };

  test.each([0, 4, 7, 8, 12])("a list of 2^60 items of type %i", async (type) => {
    for (const count of [2n ** 60n, 2n ** 61n, 2n ** 64n - 1n]) {
      const path = write(smallWith({ x: list(type, count) }));
      for (const kept of [[], ["x"]]) {
        const { code } = await refusal(() => readGgufHeader(path, kept));
        expect(code).toBe("model-truncated");
      }
    }
  });

  test("a million keys", async () => {
    const { bytes } = writeGguf(smallModel);
    const large = Buffer.concat([bytes, Buffer.alloc(20_000_000)]);
    large.writeBigUInt64LE(1_000_000n, 16);
    expect((await refused(large)).message).toContain("lists 1000000 metadata keys");
  });

  test("a text of 100 MB, and a list of as much", async () => {
    const text = Buffer.alloc(4 + 8);
    text.writeUInt32LE(8, 0);
    text.writeBigUInt64LE(100_000_000n, 4);
    for (const [raw, says] of [
      [text, "a text under z of 100000000 bytes"],
      [list(0, 600_000_000n).raw, "a header of more than 512 MB"],
    ] as const) {
      // The last key, and behind it a hole of 1 GB.
      const path = write({ metadata: { ...smallModel.metadata, z: { raw } } });
      const file = openSync(path, "r+");
      ftruncateSync(file, 1e9);
      closeSync(file);
      const before = process.memoryUsage().arrayBuffers;
      expect((await refusal(() => readModelFile(path))).message).toContain(says);
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(50e6);
    }
  });

  test("an alignment that is none", async () => {
    for (const alignment of [0, 3, "32", { f32: Number.NaN }]) {
      const { message } = await refused(smallWith({ "general.alignment": alignment }));
      expect(message).toContain("general.alignment");
    }
  });

  test("numbers that are no counts", async () => {
    for (const value of [
      { f32: Number.NaN },
      { f32: 1.5 },
      "12",
      { u64: 2 ** 40 },
      { i32s: [1] },
    ]) {
      const { message } = await refused(smallWith({ "llama.context_length": value }));
      expect(message).toContain("as llama.context_length");
    }
  });

  test("names of any length, in one short line", async () => {
    const name = "a\n\u001b[31m\u202e".repeat(9000);
    for (const raw of [Buffer.from([99, 0, 0, 0]), Buffer.alloc(28, 9)]) {
      const { message } = await refused(smallWith({ [name]: { raw } }));
      expect(message.length).toBeLessThan(400);
      expect(message).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
    }
    expect((await refused(smallWith({ "general.type": name }))).message.length).toBeLessThan(400);
    const [remark] = await remarks(smallWith({ "general.architecture": name }));
    expect(remark?.text).toMatch(/architecture "a \\u001b\[31m/);
  });
});
