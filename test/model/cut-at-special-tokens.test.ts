import { join } from "node:path";
import type { Token } from "node-llama-cpp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { specialTokensOf } from "../../src/engine/chat-template/template-tokenizer.ts";
import { tokenizeMarked } from "../../src/engine/chat-template/tokenize-marked.ts";
import { type Runtime, startRuntime } from "../../src/engine/node-llama-cpp/runtime.ts";
import { checkOutLlama, type LlamaSource } from "../support/llama-source.ts";
import { cpuOptions } from "../support/models.ts";

/** One of each way that llama.cpp reads special tokens. */
const vocabularies = {
  "SentencePiece, with a space in front": "llama-spm",
  "SentencePiece, whose special tokens take blanks": "phi-3",
  "BPE, with user-defined tokens of blanks": "gpt-neox",
  BPE: "qwen2",
  Unigram: "nomic-bert-moe",
};

const pathOf = (name: string) => `models/ggml-vocab-${name}.gguf`;

let runtime: Runtime;
let source: LlamaSource;

beforeAll(async () => {
  runtime = await startRuntime(cpuOptions);
  source = checkOutLlama(Object.values(vocabularies).map(pathOf));
});
afterAll(async () => {
  await runtime.close();
  source.remove();
});

/** A vocabulary of llama.cpp's tests as a tokenizer. */
async function opened(name: string) {
  const modelPath = join(source.folder, pathOf(name));
  const model = await runtime.llama.loadModel({ modelPath, vocabOnly: true });
  const entries = model.fileInfo.metadata.tokenizer.ggml.tokens;
  const entry = (token: number) => entries[token] ?? "";
  const attributes = (token: number) => model.getTokenAttributes(token as Token);
  const tokenizer = {
    tokenize: (text: string, special: boolean): number[] => model.tokenize(text, special),
    specialTokens: specialTokensOf(entries.length, attributes, entry),
    entry,
    bos: undefined,
    eos: undefined,
    addsBos: false,
  };
  return { model, tokenizer };
}

describe.each(Object.entries(vocabularies))("%s", (_, name) => {
  let vocabulary: Awaited<ReturnType<typeof opened>>;
  beforeAll(async () => {
    vocabulary = await opened(name);
  });
  afterAll(() => vocabulary.model.dispose());

  /** Every special token among words and blanks. */
  function text(): string {
    const specials = vocabulary.tokenizer.specialTokens().slice(0, 40);
    return specials
      .map(({ text }, i) => `${text} hello\n  ${text}${text}wörld   ${text} \n\t${i}`)
      .join(" ");
  }

  test("a text is cut at its special tokens as llama.cpp cuts it", () => {
    const { tokenizer } = vocabulary;
    expect(tokenizer.specialTokens().length).toBeGreaterThan(0);
    expect(tokenizeMarked(text(), [], tokenizer)).toEqual(tokenizer.tokenize(text(), true));
  });

  test("a text that is plain from end to end has no control tokens", () => {
    const { tokenizer } = vocabulary;
    const all = { start: 0, end: text().length };
    expect(tokenizeMarked(text(), [all], tokenizer)).toEqual(tokenizer.tokenize(text(), false));
  });
});
