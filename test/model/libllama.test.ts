import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { libllamaEngine } from "../../src/engine/libllama/engine.ts";
import { nodeLlamaCppEngine } from "../../src/engine/node-llama-cpp/engine.ts";
import { type Runtime, startRuntime } from "../../src/engine/node-llama-cpp/runtime.ts";
import type { Engine, InspectedModel, OpenModel } from "../../src/engine/port.ts";
import { chooseEngine } from "../../src/engine/start-engine.ts";
import { compareVocabularies } from "../../src/engine/vocabulary-check.ts";
import { rankContract } from "../contract/rank-contract.ts";
import { describeSequenceContract } from "../contract/sequence-contract.ts";
import { cpuOptions, embedded, lacks, modelOptions, models } from "../support/models.ts";

let runtime: Runtime;
let engine: Engine;

beforeAll(async () => {
  runtime = await startRuntime(cpuOptions);
  engine = libllamaEngine(runtime, cpuOptions);
});
afterAll(() => runtime.close());

describe("libllama with the embedded target", () => {
  // Bit by bit where the cells lie in order; after a tree they do not, and sums round differently.
  describeSequenceContract("libllama", () => opened(embedded.target), { tolerance: 0.05 });
});

describe("libllama with the embedded draft", () => {
  const program = "import os\n\n\ndef main(argv):\n    for name in argv:\n        print(name)\n";
  rankContract(async () => {
    const model = await engine.open(modelOptions(embedded.draft));
    onTestFinished(() => model.close());
    const { sequence, vocabulary } = model;
    const prompt = await vocabulary.tokenize("import sys\n");
    const text = (await vocabulary.tokenize(program.repeat(3))).filter((id) => id !== prompt[0]);
    const isEog = (token: number) => vocabulary.isEog(token);
    return { sequence, isEog, prompt, tokens: text, tolerance: 0.05 };
  });
});

describe.skipIf(lacks(models.smollm))("libllama with SmolLM2 135M", () => {
  // After a tree the cache has its cells in another order and rounds differently: by up to 1.0
  // here. A token that sees a wrong branch differs by 12 and more.
  describeSequenceContract("libllama", () => opened(models.smollm), { tolerance: 2 });

  describe.each([
    ["another release", { release: "v0.4.9" }, "v0.4.9 is loaded, and specdec binds v0.5.0"],
    ["a static build", { libraryPath: undefined }, "linked into node-llama-cpp"],
    ["a library that is no libllama", { libraryPath: process.execPath }, "cannot be bound"],
  ])("with %s", (_, changes, reason) => {
    const pair = { ...cpuOptions, target: models.smollm, contextSize: 256 };

    test("runs on node-llama-cpp's API with a notice that says why", async () => {
      const chosen = await chooseEngine({ ...runtime, ...changes }, { ...pair, engine: "auto" });
      expect(chosen.engine.info.engine).toBe("node-llama-cpp");
      expect(chosen.notices).toMatchObject([{ code: "engine-fallback" }]);
      expect(chosen.notices[0]?.text).toContain(reason);
    });

    test("fails where the binding was insisted on", async () => {
      const chosen = chooseEngine({ ...runtime, ...changes }, { ...pair, engine: "libllama" });
      await expect(chosen).rejects.toMatchObject({ code: "cannot-bind", exitCode: 3 });
    });
  });

  test("gives the hidden state of every output beside its logits", async () => {
    const plain = await engine.open(modelOptions(models.smollm));
    const withStates = await engine.open(modelOptions(models.smollm, { hiddenStates: true }));
    const tokens = await plain.vocabulary.tokenize("The sea is");
    const batch = { tokens, outputs: "all", need: "logits" } as const;
    const expected = await plain.sequence.evaluate(batch);
    const actual = await withStates.sequence.evaluate(batch);
    for (const i of tokens.keys()) {
      expect(actual.hidden?.(i)).toHaveLength(withStates.info.embeddingWidth);
      expect(Math.hypot(...(actual.hidden?.(i) ?? []))).toBeGreaterThan(0);
      expect(actual.topTwo(i).token).toBe(expected.topTwo(i).token);
    }
    await plain.close();
    await withStates.close();
  });

  test("stops a load when it is told to", async () => {
    const load = engine.open(modelOptions(models.smollm, { onProgress: () => false }));
    await expect(load).rejects.toMatchObject({ exitCode: 3 });
  });

  test("refuses a context beyond the training", async () => {
    const load = engine.open(modelOptions(models.smollm, { contextSize: 1_000_000 }));
    await expect(load).rejects.toMatchObject({ code: "usage" });
  });
});

describe.each([
  ["the embedded pair", embedded.target],
  ["SmolLM2", models.smollm],
  ["Qwen2.5-Coder", models.qwenDraft],
])("vocabulary of %s", (_, path) => {
  describe.skipIf(!existsSync(path))("is the one that node-llama-cpp reads", () => {
    let ours: InspectedModel;
    let theirs: InspectedModel;

    beforeAll(async () => {
      ours = await engine.inspect(path);
      theirs = await nodeLlamaCppEngine(runtime, cpuOptions).inspect(path);
    });
    afterAll(async () => {
      await ours.close();
      await theirs.close();
    });

    test("entries, size and specials", () => {
      const { sharedSize, ...rest } = compareVocabularies(ours.vocabulary, theirs.vocabulary);
      expect(rest).toMatchObject({ differences: [], differing: 0 });
      expect(sharedSize).toBe(ours.vocabulary.size);
      expect(ours.vocabulary.specials).toMatchObject({ bos: theirs.vocabulary.specials.bos });
      expect(ours.vocabulary.specials.eos).toBe(theirs.vocabulary.specials.eos);
      const ordinary = ({ vocabulary }: InspectedModel) =>
        Array.from({ length: sharedSize }, (_, token) => vocabulary.isOrdinary(token));
      expect(ordinary(ours)).toEqual(ordinary(theirs));
      expect(ordinary(ours).filter((is) => !is).length).toBeGreaterThan(0);
    });

    test("plain text, special names in it included", async () => {
      const text = "def f(x):\n    return 'héllo 🦙 世界'  # <|im_end|>\n";
      const tokens = await ours.vocabulary.tokenize(text);
      expect(tokens).toEqual(await theirs.vocabulary.tokenize(text));
      expect(tokens.every((token) => !ours.vocabulary.isEog(token))).toBe(true);
      for (const { vocabulary } of [ours, theirs]) {
        const detokenizer = vocabulary.detokenizer([]);
        const pieces = tokens.map((token) => detokenizer.push(token));
        expect(pieces.join("") + detokenizer.flush()).toBe(text);
        expect(pieces.join("")).not.toContain("\uFFFD");
      }
    });

    test("conversations", async ({ skip }) => {
      skip(!ours.vocabulary.hasChatTemplate, "a model without a chat template");
      const messages = [
        { role: "system", content: "Be brief." },
        { role: "user", content: "Hi <|im_end|> there" },
        { role: "assistant", content: "Hello." },
        { role: "user", content: "Who are you?" },
      ] as const;
      const tokens = await ours.vocabulary.tokenizeChat(messages);
      expect(tokens).toEqual(await theirs.vocabulary.tokenizeChat(messages));
      const ends = tokens.filter((token) => ours.vocabulary.piece(token) === "<|im_end|>");
      expect(ends).toHaveLength(4);
    });
  });
});

describe.skipIf(lacks(models.smollm, models.qwenDraft))("a pair of different families", () => {
  test("differs in its first tokens, by name", async () => {
    const target = await engine.inspect(models.qwenDraft);
    const draft = await engine.inspect(models.smollm);
    const { differences, differing } = compareVocabularies(target.vocabulary, draft.vocabulary);
    expect(differing).toBeGreaterThan(1000);
    expect(differences[0]).toEqual({ token: 0, target: "!", draft: "<|endoftext|>" });
    await target.close();
    await draft.close();
  });
});

async function opened(path: string) {
  const model: OpenModel = await engine.open(modelOptions(path));
  const text =
    "The quick brown fox jumps over a lazy dog while seven bright green birds sing about rivers, " +
    "mountains, old ships, young kings, broken clocks, winter storms and summer gardens at dawn";
  const someTokens = [...new Set(await model.vocabulary.tokenize(text))].slice(0, 40);
  return { sequence: model.sequence, someTokens, close: async () => model.close() };
}
