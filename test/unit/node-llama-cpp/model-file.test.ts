import { createHash } from "node:crypto";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readModelFile } from "../../../src/engine/node-llama-cpp/model-file.ts";
import { smallModel, type WrittenGguf, writeGguf } from "./write-gguf.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "specdec-model-file-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, content: string | Uint8Array | WrittenGguf): string {
  const path = join(folder, name);
  const raw = typeof content === "string" || content instanceof Uint8Array;
  writeFileSync(path, raw ? content : writeGguf(content).bytes);
  return path;
}

const withMetadata = (metadata: WrittenGguf["metadata"]): WrittenGguf => ({
  ...smallModel,
  metadata: { ...smallModel.metadata, ...metadata },
});

async function expectRefused(path: string, code: string, ...words: string[]): Promise<void> {
  const error = await readModelFile(path).then(
    () => expect.fail(`${path} was accepted`),
    (reason) => reason,
  );
  expect(error).toMatchObject({ name: "UserError", code, exitCode: 3 });
  for (const word of [path, ...words]) expect(error.message).toContain(word);
  expect(error.hint).toMatch(/\w+/);
}

describe("a model file", () => {
  test("tells of its model", async () => {
    const { bytes, headerBytes } = writeGguf(smallModel);
    const file = await readModelFile(write("small.gguf", bytes));
    expect(file.info).toEqual({
      file: "small.gguf",
      sizeBytes: bytes.length,
      headerSha256: createHash("sha256").update(bytes.subarray(0, headerBytes)).digest("hex"),
      name: "Small",
      architecture: "llama",
      quantisation: "all F32",
      parameters: 48,
      trainedContext: 128,
      vocabularySize: 4,
      embeddingWidth: 8,
      layers: 1,
      hasChatTemplate: true,
      canRollBack: true,
    });
    expect(file.chatTemplate).toBe("{{ messages[0].content }}");
  });

  test("is named by its header, not by its weights", async () => {
    const { bytes } = writeGguf(smallModel);
    const hashOf = async (name: string, content: Uint8Array | WrittenGguf) =>
      (await readModelFile(write(name, content))).info.headerSha256;
    const other = Buffer.from(bytes);
    other.fill(7, bytes.length - 8);
    expect(await hashOf("b.gguf", other)).toBe(await hashOf("a.gguf", bytes));
    const renamed = withMetadata({ "general.name": "Other" });
    expect(await hashOf("c.gguf", renamed)).not.toBe(await hashOf("a.gguf", bytes));
  });

  test("may say little", async () => {
    const metadata = {
      "general.architecture": "llama",
      "tokenizer.ggml.model": "gpt2",
      "tokenizer.ggml.tokens": ["<s>", "</s>", "a", "b"],
    };
    const { info } = await readModelFile(write("bare.gguf", { ...smallModel, metadata }));
    expect(info).toMatchObject({ name: "bare.gguf", quantisation: "F32", trainedContext: 0 });
    expect(info.hasChatTemplate).toBe(false);
  });

  test("with a blank chat template has none", async () => {
    const blank = withMetadata({ "tokenizer.chat_template": " \n" });
    expect((await readModelFile(write("blank.gguf", blank))).chatTemplate).toBeUndefined();
  });

  test("may align its tensors otherwise", async () => {
    const aligned = { ...withMetadata({ "general.alignment": 128 }), alignment: 128 };
    const { bytes } = writeGguf(aligned);
    expect((await readModelFile(write("aligned.gguf", bytes))).info.sizeBytes).toBe(bytes.length);
    await expectRefused(write("cut.gguf", bytes.subarray(0, -1)), "model-truncated");
  });

  test.each([
    ["mamba", false],
    ["jamba", false],
    ["lfm2", false],
    ["qwen35", false],
    ["qwen2", true],
  ])("of architecture %s can roll back: %s", async (architecture, expected) => {
    const path = write("arch.gguf", withMetadata({ "general.architecture": architecture }));
    expect((await readModelFile(path)).info.canRollBack).toBe(expected);
  });

  test.each([
    [15, "Q4_K - Medium"],
    [3, "Q4_1"],
    [1, "F16"],
    [38, "MXFP4 MoE"],
    [999, "F32"],
  ])("of file type %i is %s", async (fileType, name) => {
    const path = write("type.gguf", withMetadata({ "general.file_type": fileType }));
    expect((await readModelFile(path)).info.quantisation).toBe(name);
  });
});

describe("what is no model file", () => {
  test("is missing", () => expectRefused(join(folder, "none.gguf"), "model-missing"));
  test("lies below a file", () => expectRefused(join(write("x", "x"), "y"), "model-missing"));
  test("is a directory", () => expectRefused(folder, "model-is-directory"));
  test("is empty", () => expectRefused(write("empty.gguf", ""), "model-empty"));

  test.each(["Dear model,\nhello\n", "GG", "\0\0\0\0\0\0"])("is %j", (text) =>
    expectRefused(write("text.gguf", text), "not-a-gguf"),
  );

  test.skipIf(process.getuid?.() === 0)("may not be read", async () => {
    const path = write("locked.gguf", smallModel);
    chmodSync(path, 0);
    await expectRefused(path, "model-unreadable");
  });

  test("holds draft heads, which are loaded otherwise", () =>
    expectRefused(
      write("heads.gguf", withMetadata({ "specdec.heads.version": 1 })),
      "draft-heads",
      "holds draft heads",
    ));

  test("is cut anywhere in its header", async () => {
    const { bytes, headerBytes } = writeGguf(smallModel);
    for (let length = 4; length < headerBytes; length++) {
      await expectRefused(write("cut.gguf", bytes.subarray(0, length)), "model-truncated");
    }
  });

  test("is cut in its weights, by how much", async () => {
    const { bytes } = writeGguf(smallModel);
    const total = `of its ${bytes.length} bytes`;
    await expectRefused(write("c1", bytes.subarray(0, -1)), "model-truncated", `1 ${total}`);
    await expectRefused(write("c2", bytes.subarray(0, -100)), "model-truncated", `100 ${total}`);
  });

  test.each([1, 4])("has version %i", (version) =>
    expectRefused(write("v.gguf", { ...smallModel, version }), "gguf-version", String(version)),
  );

  test("counts more than it has, without filling the memory", async () => {
    for (const at of [8, 16]) {
      const { bytes } = writeGguf(smallModel);
      bytes.writeBigUInt64LE(2n ** 60n, at);
      await expect(readModelFile(write("huge.gguf", bytes))).rejects.toMatchObject({
        exitCode: 3,
        code: expect.stringMatching(/^model-(truncated|corrupt)$/),
      });
    }
  });

  test("is full of zeros behind its beginning", async () => {
    const { bytes } = writeGguf(smallModel);
    bytes.fill(0, 100);
    await expectRefused(write("zeros.gguf", bytes), "model-corrupt");
  });

  test("does not say its architecture", () =>
    expectRefused(write("none.gguf", { tensors: smallModel.tensors }), "model-corrupt"));
});

describe("a model that does not write text", () => {
  test.each(["bert", "nomic-bert", "gemma-embedding"])("is a %s", (architecture) =>
    expectRefused(
      write("embed.gguf", withMetadata({ "general.architecture": architecture })),
      "not-generative",
      "embedding",
    ),
  );

  test.each<[string, WrittenGguf["metadata"], string]>([
    ["pools", { "llama.pooling_type": 3 }, "embedding"],
    ["looks ahead", { "llama.attention.causal": false }, "embedding"],
    ["sees images", { "general.type": "mmproj" }, "mmproj"],
    ["diffuses", { "general.architecture": "llada" }, "diffusion"],
  ])("%s", (_, metadata, word) =>
    expectRefused(write("other.gguf", withMetadata(metadata)), "not-generative", word),
  );

  test("has no weights", () =>
    expectRefused(
      write("vocab.gguf", { metadata: smallModel.metadata }),
      "not-generative",
      "without weights",
    ));
});

describe("a model in several files", () => {
  const part = (index: number, count = 2): WrittenGguf =>
    withMetadata({ "split.no": index, "split.count": count });

  test("is all of them", async () => {
    const second = writeGguf(part(1)).bytes;
    write("two-00002-of-00002.gguf", second);
    const first = writeGguf(part(0)).bytes;
    const { info } = await readModelFile(write("two-00001-of-00002.gguf", first));
    expect(info.sizeBytes).toBe(first.length + second.length);
    expect(info.parameters).toBe(96);
  });

  test("is named by the first", async () => {
    const path = write("late-00002-of-00002.gguf", part(1));
    await expectRefused(path, "model-split", "not the first");
  });

  test("lacks one", async () => {
    const path = write("half-00001-of-00002.gguf", part(0));
    await expect(readModelFile(path)).rejects.toMatchObject({
      code: "model-missing",
      message: expect.stringContaining("half-00002-of-00002.gguf"),
    });
  });

  test("has one that is cut", async () => {
    write("cut-00002-of-00002.gguf", writeGguf(part(1)).bytes.subarray(0, -4));
    await expect(readModelFile(write("cut-00001-of-00002.gguf", part(0)))).rejects.toMatchObject({
      code: "model-truncated",
      message: expect.stringContaining("cut-00002-of-00002.gguf"),
    });
  });

  test("was renamed", () => expectRefused(write("plain.gguf", part(0)), "model-split", "name"));
});
