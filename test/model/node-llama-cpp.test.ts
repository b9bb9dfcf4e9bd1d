import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { topTwo } from "../../src/decoding/logits.ts";
import { libllamaEngine } from "../../src/engine/libllama/engine.ts";
import { nodeLlamaCppEngine } from "../../src/engine/node-llama-cpp/engine.ts";
import { readModelFile } from "../../src/engine/node-llama-cpp/model-file.ts";
import { type Runtime, startRuntime } from "../../src/engine/node-llama-cpp/runtime.ts";
import type { Engine, EngineOptions, InspectedModel, OpenModel } from "../../src/engine/port.ts";
import { describeSequenceContract } from "../contract/sequence-contract.ts";
import { embedded } from "../support/models.ts";
import { smallModel, writeGguf } from "../unit/node-llama-cpp/write-gguf.ts";

const folder = process.env.SPECDEC_MODELS ?? "";
const modelPath = (file: string) => join(folder, file);
const lacks = (file: string) => folder === "" || !existsSync(modelPath(file));

const smollm = "smollm2-135m.gguf";
const qwen = "qwen2.5-coder-0.5b.gguf";

const options: EngineOptions = {
  gpu: "off",
  gpuLayers: 0,
  // More would wait for each other whenever the machine is busy.
  threads: 1,
  mmap: true,
  flashAttention: "auto",
};
const model = (file: string) => ({
  path: modelPath(file),
  contextSize: 256,
  hiddenStates: false,
  onProgress: () => true,
});

let runtime: Runtime;
let engine: Engine;

async function sequenceOf(path: string) {
  const opened = await engine.open({ ...model(""), path, contextSize: 128 });
  return {
    sequence: opened.sequence,
    someTokens: Array.from({ length: 48 }, (_, i) => 1000 + 37 * i),
    close: async () => opened.close(),
  };
}

beforeAll(async () => {
  runtime = await startRuntime(options);
  engine = nodeLlamaCppEngine(runtime, options);
});
afterAll(() => runtime.close());

describe("node-llama-cpp with the embedded target", () => {
  describeSequenceContract("node-llama-cpp", () => sequenceOf(embedded.target), {
    tolerance: 0.05,
  });
});

describe.skipIf(lacks(smollm))("node-llama-cpp with SmolLM2 135M", () => {
  test("says what is loaded", () => {
    expect(runtime.release).toMatch(/^v\d|^b\d/);
    expect(runtime.backend).toBe("cpu");
    expect(runtime.threads).toBe(1);
    expect(runtime.libraryPath).toMatch(/libllama|llama\.dll/);
    expect(engine.info).toMatchObject({ engine: "node-llama-cpp", backend: "cpu", trees: false });
  });

  test("names the GPUs that are there when another is asked for", async () => {
    const asked = startRuntime({
      ...options,
      gpu: process.platform === "darwin" ? "cuda" : "metal",
    });
    await expect(asked).rejects.toMatchObject({
      code: "gpu-absent",
      exitCode: 3,
      hint: expect.stringContaining("--gpu off"),
    });
  });

  test("knows the model from its header", async () => {
    const { info } = await readModelFile(modelPath(smollm));
    expect(info).toMatchObject({
      file: smollm,
      architecture: "llama",
      quantisation: "Q4_1",
      parameters: 134_515_008,
      trainedContext: 8192,
      vocabularySize: 49_152,
      embeddingWidth: 576,
      layers: 30,
      hasChatTemplate: true,
      canRollBack: true,
    });
    expect(info.headerSha256).toMatch(/^[0-9a-f]{64}$/);
  });

  describe("vocabulary", () => {
    let inspected: InspectedModel;
    beforeAll(async () => {
      inspected = await engine.inspect(modelPath(smollm));
    });
    afterAll(() => inspected.close());

    test("has its special tokens", () => {
      const { vocabulary } = inspected;
      expect(vocabulary).toMatchObject({ size: 49_152, type: "bpe", addsBos: false });
      expect(vocabulary.specials).toEqual({ bos: 1, eos: 2, eot: 0 });
      expect([0, 1, 2, 17].map((token) => vocabulary.isEog(token))).toEqual([
        true,
        false,
        true,
        false,
      ]);
      expect(vocabulary.entry(1)).toBe("<|im_start|>");
      expect(vocabulary.piece(1)).toBe("<|im_start|>");
    });

    test.each([
      "Hello, world!",
      "  two  spaces\n\n",
      "é🦙世",
      "<|im_end|>",
      "a\tb\r\nc",
      "日本語 नमस्ते",
    ])("gives %j back through the streaming detokenizer", async (text) => {
      const { vocabulary } = inspected;
      const detokenizer = vocabulary.detokenizer([]);
      const pieces = (await vocabulary.tokenize(text)).map((token) => detokenizer.push(token));
      expect(pieces.join("") + detokenizer.flush()).toBe(text);
      expect(pieces.join("")).not.toContain("\uFFFD");
    });

    test("holds a character until its last byte comes, and shows at the end what is cut", async () => {
      const { vocabulary } = inspected;
      const tokens = await vocabulary.tokenize("🦙");
      expect(tokens.length).toBeGreaterThan(1);
      const detokenizer = vocabulary.detokenizer(tokens);
      const pieces = tokens.map((token) => detokenizer.push(token));
      expect(pieces).toEqual([...tokens.slice(1).map(() => ""), "🦙"]);
      for (const token of tokens.slice(0, -1)) expect(detokenizer.push(token)).toBe("");
      expect(detokenizer.flush()).toBe("\uFFFD");
    });

    test("writes a conversation as the model's own template does", async () => {
      expect(await written(inspected, [{ role: "user", content: "Hi" }])).toBe(
        "<|im_start|>system\nYou are a helpful AI assistant named SmolLM, trained by Hugging Face<|im_end|>\n" +
          "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n",
      );
      const turns = [
        { role: "system", content: "Be brief." },
        { role: "user", content: "1+1?" },
        { role: "assistant", content: "2" },
        { role: "user", content: "And 2+2?" },
      ] as const;
      expect(await written(inspected, turns)).toBe(
        "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\n1+1?<|im_end|>\n" +
          "<|im_start|>assistant\n2<|im_end|>\n<|im_start|>user\nAnd 2+2?<|im_end|>\n" +
          "<|im_start|>assistant\n",
      );
    });

    test("keeps a special token that a user spells out as plain text", async () => {
      const { vocabulary } = inspected;
      const content = "say <|im_end|> please";
      const tokens = await vocabulary.tokenizeChat([{ role: "user", content }]);
      // System message and user message end with one each; the user's own is text.
      expect(tokens.filter((token) => token === 2)).toHaveLength(2);
      expect(await written(inspected, [{ role: "user", content }])).toContain(content);
    });
  });

  describe("opened", () => {
    let opened: OpenModel;
    beforeAll(async () => {
      opened = await engine.open(model(smollm));
    });
    afterAll(() => opened.close());

    test("has the asked context, all of it usable", () => {
      expect(opened.sequence).toMatchObject({ capacity: 256, batchSize: 512, prefillChunk: 32 });
    });

    test("gives the logits that the library itself gives", async () => {
      const library = await libllamaEngine(runtime, options).open(model(smollm));
      const tokens = await opened.vocabulary.tokenize("def add(a, b):\n    return");
      const batch = { tokens, outputs: "all", need: "logits" } as const;
      await opened.sequence.truncate(0);
      const ours = await opened.sequence.evaluate(batch);
      const theirs = await library.sequence.evaluate(batch);
      for (const i of tokens.keys()) {
        const [a, b] = [ours.logits(i), theirs.logits(i)];
        expect(Math.max(...a.map((logit, id) => Math.abs(logit - (b[id] as number))))).toBeLessThan(
          0.01,
        );
      }
      await library.close();
    });

    test("gives the whole distribution, and the greedy choice of it", async () => {
      const { sequence, vocabulary } = opened;
      await sequence.truncate(0);
      const tokens = await vocabulary.tokenize("The capital of France is");
      const last = tokens.length - 1;
      const full = await sequence.evaluate({ tokens, outputs: "last", need: "logits" });
      const logits = Float32Array.from(full.logits(last));
      await sequence.truncate(0);
      const greedy = await sequence.evaluate({ tokens, outputs: "last", need: "greedy" });
      expect(logits.every(Number.isFinite)).toBe(true);
      expect(vocabulary.piece(topTwo(logits).token)).toBe(" Paris");
      expect(greedy.topTwo(last).token).toBe(topTwo(logits).token);
      expect(() => full.logits(0)).toThrow("not asked for");
    });
  });

  test("stops a load when it is told to", async () => {
    const load = engine.open({ ...model(smollm), onProgress: () => false });
    await expect(load).rejects.toMatchObject({ code: "aborted" });
  });

  test("names an architecture that this llama.cpp does not know", async () => {
    const folder = await mkdtemp(join(tmpdir(), "specdec-"));
    const path = join(folder, "odd.gguf");
    const metadata = { ...smallModel.metadata, "general.architecture": "nonesuch" };
    await writeFile(path, writeGguf({ ...smallModel, metadata }).bytes);
    const expected = { code: "unsupported-architecture", exitCode: 3 };
    await expect(engine.open({ ...model(smollm), path })).rejects.toMatchObject(expected);
    await expect(engine.inspect(path)).rejects.toMatchObject(expected);
    await rm(folder, { recursive: true });
  });

  test("refuses a context that the model was not trained for", async () => {
    const load = engine.open({ ...model(smollm), contextSize: 100_000 });
    await expect(load).rejects.toMatchObject({ message: expect.stringContaining("8192") });
  });

  test("refuses hidden states, which its API does not give", async () => {
    const load = engine.open({ ...model(smollm), hiddenStates: true });
    await expect(load).rejects.toMatchObject({ code: "no-hidden-states", exitCode: 3 });
  });

  describeSequenceContract("node-llama-cpp", () => sequenceOf(modelPath(smollm)), {
    tolerance: 0.5,
  });
});

describe.skipIf(lacks(qwen))("node-llama-cpp with Qwen2.5-Coder 0.5B", () => {
  test("writes a conversation as the model's own template does", async () => {
    const inspected = await engine.inspect(modelPath(qwen));
    expect(inspected.info).toMatchObject({ architecture: "qwen2", quantisation: "Q4_K - Medium" });
    expect(inspected.vocabulary.specials).toEqual({ bos: 151643, eos: 151645, eot: 151645 });
    expect(await written(inspected, [{ role: "user", content: "Hi" }])).toBe(
      "<|im_start|>system\nYou are Qwen, created by Alibaba Cloud. You are a helpful assistant.<|im_end|>\n" +
        "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n",
    );
    await inspected.close();
  });
});

type Messages = Parameters<InspectedModel["vocabulary"]["tokenizeChat"]>[0];

async function written({ vocabulary }: InspectedModel, messages: Messages): Promise<string> {
  const tokens = await vocabulary.tokenizeChat(messages);
  return tokens.map((token) => vocabulary.piece(token)).join("");
}
