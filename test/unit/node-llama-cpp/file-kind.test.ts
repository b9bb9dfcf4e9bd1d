import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { readModelFile } from "../../../src/engine/node-llama-cpp/model-file.ts";
import { refusal, smallWith, writeTo } from "../../support/gguf-files.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { smallModel, type WrittenGguf, writeGguf } from "./write-gguf.ts";

async function refused(content: string | Uint8Array | WrittenGguf, name = "m.gguf") {
  const path = writeTo(temporaryFolder(), name, content);
  return refusal(() => readModelFile(path));
}

const bytes = (...values: readonly number[]) => Buffer.from([...values, ...new Array(600).fill(1)]);
const safetensors = (header: string) => {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, Buffer.from(header), Buffer.alloc(100, 0xc3)]);
};

describe("a file that is no GGUF file is", () => {
  test.each<[string, string | Uint8Array]>([
    [
      "a Git LFS pointer that stands for a file of 986048416 bytes",
      "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 986048416\n",
    ],
    ["a Git Xet pointer that stands for a file of 12 bytes", "# xet version 0\nfilesize = 12\n"],
    ["a git-annex pointer that stands for the model", "/annex/objects/SHA256E-s12--ab.gguf\n"],
    ['a saved web page called "Sign in"', "\n<!DOCTYPE html>\n<title>Sign\n in</title>"],
    ["a saved web page", "\uFEFF<HTML><body>hi"],
    ["a saved web page", "<!-- saved from x --><html>"],
    [
      'an XML text that says "Access Denied"',
      '<?xml version="1.0"?><Error><Code>A</Code><Message>Access Denied</Message></Error>',
    ],
    ['a JSON text that says "Repository not found"', '{"error":"Repository not found"}'],
    ["a JSON text", '{"architectures": ["LlamaForCausalLM"]}'],
    ["the index of a model in safetensors files", '{"metadata": {}, "weight_map": {}}'],
    ['a text that starts with "Invalid username or password."', "Invalid username or password."],
    ['a text that starts with "\\u001b[2Jforged"', "\u001b[2Jforged"],
    ["the first 2 bytes of one", "GG"],
    ["a model in the GGML format that came before GGUF", bytes(0x74, 0x6a, 0x67, 0x67)],
    ["a model in the GGML format that came before GGUF", "ggjt\u0001\u0000"],
    ["a LoRA adapter in the format that came before GGUF", bytes(0x61, 0x6c, 0x67, 0x67)],
    [
      "an importance matrix",
      Buffer.from("\u0002\0\0\0\u0015\0\0\0blk.0.attn_q.weight\0\0", "latin1"),
    ],
    ["a ZIP archive, as PyTorch saves checkpoints", bytes(0x50, 0x4b, 3, 4)],
    ["a Python pickle, as PyTorch saved checkpoints", bytes(0x80, 2, 0x8a)],
    ["a safetensors file", safetensors('{"model.embed":{"dtype":"F16"}}')],
    ["a gzip archive", gzipSync(Buffer.alloc(100))],
    ["a Zstandard archive", bytes(0x28, 0xb5, 0x2f, 0xfd)],
    ["full of zeros", Buffer.alloc(5000)],
    ["of an unknown format, its first bytes are c0 c1 01 01", bytes(0xc0, 0xc1)],
  ])("%s", async (what, content) => {
    const { code, message } = await refused(content);
    expect(code).toBe("not-a-gguf");
    expect(message).toContain(`is not a GGUF file: it is ${what}`);
  });

  test("a later piece of a file that was cut up, by its name", async () => {
    const { message } = await refused(bytes(0xc0, 0xc1), "m.gguf-split-b");
    expect(message).toContain("by its name a later piece");
  });

  test("not quoted at length", async () => {
    expect((await refused(`Dear ${"x".repeat(5000)}`)).message.length).toBeLessThan(300);
  });

  test.skipIf(process.platform === "win32")("a pipe, which nobody waits for", async () => {
    const pipe = join(temporaryFolder(), "pipe.gguf");
    execFileSync("mkfifo", [pipe]);
    expect((await refusal(() => readModelFile(pipe))).message).toContain("is a pipe, not a file");
  });

  test.skipIf(process.platform === "win32")("a device", async () => {
    const { message } = await refusal(() => readModelFile("/dev/zero"));
    expect(message).toContain("is a device, not a file");
  });
});

describe("a GGUF file that is no model is", () => {
  const tensor = (name: string) => [{ name, dimensions: [8] }];
  test.each<[string, WrittenGguf]>([
    [
      "an importance matrix, which quantising reads",
      { metadata: { "general.type": "imatrix" }, tensors: tensor("blk.0.attn_q.weight.in_sum2") },
    ],
    [
      "an importance matrix, which quantising reads",
      { metadata: { "imatrix.chunk_count": 3 }, tensors: tensor("x") },
    ],
    [
      "a control vector, which steers another model",
      { metadata: { "general.architecture": "controlvector" }, tensors: tensor("direction.1") },
    ],
    [
      "a LoRA adapter, which changes another model",
      smallWith({ "general.type": "adapter", "adapter.type": "lora" }),
    ],
    [
      "the image or audio part of a multimodal model (mmproj)",
      { metadata: { "general.architecture": "clip" }, tensors: tensor("v.patch") },
    ],
    [
      "a speech model",
      { metadata: { "general.architecture": "whisper" }, tensors: tensor("enc.w") },
    ],
    [
      "a model that makes images or video",
      { metadata: { "general.architecture": "flux" }, tensors: tensor("img_in.weight") },
    ],
    ["an embedding model", smallWith({ "general.architecture": "bert" })],
  ])("%s", async (what, content) => {
    const { code, message } = await refused(content);
    expect({ code, message }).toEqual({
      code: "not-generative",
      message: expect.stringContaining(`does not write text: it is ${what}`),
    });
  });

  test("a model without a vocabulary", async () => {
    const none = smallWith({ "tokenizer.ggml.model": "no_vocab" });
    expect((await refused(none)).code).toBe("no-vocabulary");
    const { "tokenizer.ggml.tokens": _, ...metadata } = smallModel.metadata;
    expect((await refused({ ...smallModel, metadata })).code).toBe("no-vocabulary");
  });

  test("big-endian", async () => {
    const { code, message } = await refused({ ...smallModel, version: 0x0300_0000 });
    expect(code).toBe("gguf-big-endian");
    expect(message).toContain("is a big-endian GGUF file");
  });

  test("one whose lists hold lists", async () => {
    const nested = Buffer.alloc(4 + 4 + 8 + 4 + 8);
    nested.writeUInt32LE(9, 0);
    nested.writeUInt32LE(9, 4);
    nested.writeBigUInt64LE(1n, 8);
    const { code, message } = await refused(smallWith({ "x.y": { raw: nested } }));
    expect(code).toBe("gguf-nested-lists");
    expect(message).toContain("lists within a list in its metadata (x.y)");
  });
});

describe("several files in one or one in several", () => {
  const small = writeGguf(smallModel).bytes;
  const part = (index: number) => smallWith({ "split.no": index, "split.count": 3 });

  test("joined by cat", async () => {
    const shards = [0, 1, 2].map((index) => writeGguf(part(index)).bytes);
    const { code, message } = await refused(Buffer.concat(shards));
    expect(code).toBe("gguf-joined");
    expect(message).toContain(`another one starts at byte ${shards[0]?.length}`);
    expect((await refused(Buffer.concat([small, small]))).code).toBe("gguf-joined");
  });

  test("the first alone names the others", async () => {
    const { code, message } = await refused(part(0), "m-00001-of-00003.gguf");
    expect(code).toBe("model-missing");
    expect(message).toContain(
      "is the first of 3 files, and m-00002-of-00003.gguf, m-00003-of-00003.gguf are not next to it",
    );
  });

  test("a later one names the first", async () => {
    const { code, hint } = await refused(part(1), "m-00002-of-00003.gguf");
    expect(code).toBe("model-split");
    expect(hint).toMatch(/Download them all, and name the first: .*m-00001-of-00003\.gguf/);
  });

  test("of two models", async () => {
    const folder = temporaryFolder();
    const of2 = (index: number) =>
      smallWith({ "split.no": index, "split.count": 2, "split.tensors.count": 7 });
    writeTo(folder, "m-00002-of-00002.gguf", of2(1));
    const first = writeTo(folder, "m-00001-of-00002.gguf", of2(0));
    const { message } = await refusal(() => readModelFile(first));
    expect(message).toContain("have 6 tensors, and should have 7");
  });
});
