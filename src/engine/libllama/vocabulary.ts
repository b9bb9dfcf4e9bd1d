import { environmentError } from "../../errors.ts";
import { ByteDetokenizer } from "../byte-detokenizer.ts";
import {
  type ChatTemplate,
  createChatTemplate,
  type TemplateTokenizer,
} from "../node-llama-cpp/chat-template.ts";
import type { ModelFile } from "../node-llama-cpp/model-file.ts";
import { ordinaryTokens } from "../node-llama-cpp/token-types.ts";
import type { Vocabulary } from "../port.ts";
import type { Bindings, Pointer } from "./bindings.ts";

/** `enum llama_vocab_type` (llama.h). */
const types = ["none", "spm", "bpe", "wpm", "ugm", "rwkv", "plamo2", "test"] as const;

/**
 * The vocabulary inside a model that libllama holds. It costs no memory beyond the model's own,
 * where a vocabulary-only model of node-llama-cpp keeps every token as a string (measured: 168 MB
 * and 1.3 s for the 151,936 tokens of Qwen2.5).
 *
 * @param model must stay loaded as long as the vocabulary is used
 */
export function libllamaVocabulary(
  bindings: Bindings,
  model: Pointer,
  file: ModelFile,
): Vocabulary {
  const vocab = bindings.modelVocab(model);
  const buffers = new TokenBuffers(bindings, vocab);
  const specials = {
    bos: present(bindings.vocabBos(vocab)),
    eos: present(bindings.vocabEos(vocab)),
    eot: present(bindings.vocabEot(vocab)),
  };
  const addsBos = bindings.vocabAddsBos(vocab);
  const isEog = remembered((token) => bindings.vocabIsEog(vocab, token));
  // A native call from caches that the weights have just washed out costs tens of microseconds.
  const plainBytes = remembered((token) => buffers.bytesOf(token, false));
  const decoder = new TextDecoder();
  const tokenizer: TemplateTokenizer = {
    tokenize: (text, special) => buffers.tokenize(text, false, special),
    detokenize: (tokens, special) => {
      const detokenizer = new ByteDetokenizer((token) => buffers.bytesOf(token, special));
      return tokens.map((token) => detokenizer.push(token)).join("") + detokenizer.flush();
    },
    special: (role) => {
      if (role === "nl") return present(bindings.vocabNewline(vocab));
      return role === "sep" ? undefined : specials[role];
    },
    isSpecial: (token) => buffers.bytesOf(token, false).length === 0 || isEog(token),
    isEog,
    addsBos,
  };
  let template: ChatTemplate | undefined;
  return {
    size: bindings.vocabSize(vocab),
    type: types[bindings.vocabType(vocab)] ?? "unknown",
    specials,
    addsBos,
    hasChatTemplate: file.info.hasChatTemplate,
    isEog,
    detokenizer: () => new ByteDetokenizer(plainBytes),
    piece: (token) => decoder.decode(buffers.bytesOf(token, true)),
    entry: (token) => bindings.vocabText(vocab, token),
    isOrdinary: ordinaryTokens(file.path),
    tokenize: (text) => buffers.tokenize(text, true, false),
    tokenizeChat: (messages) => {
      template ??= createChatTemplate(file, tokenizer);
      if (template === undefined) throw noTemplate(file);
      return template.tokenize(messages);
    },
  };
}

/** Calls that fill a buffer, with buffers that grow when the library says that they are small. */
class TokenBuffers {
  readonly #bindings: Bindings;
  readonly #vocab: Pointer;
  readonly #encoder = new TextEncoder();
  #piece = new Uint8Array(256);

  constructor(bindings: Bindings, vocab: Pointer) {
    this.#bindings = bindings;
    this.#vocab = vocab;
  }

  /** @param special whether control tokens read as their names instead of as nothing */
  bytesOf(token: number, special: boolean): Uint8Array {
    const read = (): number =>
      this.#bindings.tokenToPiece(this.#vocab, token, this.#piece, this.#piece.length, 0, special);
    let length = read();
    if (length < 0) {
      this.#piece = new Uint8Array(-length);
      length = read();
    }
    return this.#piece.slice(0, length);
  }

  tokenize(text: string, addSpecial: boolean, parseSpecial: boolean): number[] {
    const bytes = this.#encoder.encode(text);
    let tokens = new Int32Array(bytes.length + 8);
    const read = (): number =>
      this.#bindings.tokenize(
        this.#vocab,
        bytes,
        bytes.length,
        tokens,
        tokens.length,
        addSpecial,
        parseSpecial,
      );
    let count = read();
    if (count < 0) {
      tokens = new Int32Array(-count);
      count = read();
    }
    return Array.from(tokens.subarray(0, count));
  }
}

/** What a token's first look-up gave; at most as many entries as the vocabulary has. */
function remembered<T>(lookUp: (token: number) => T): (token: number) => T {
  const known = new Map<number, T>();
  return (token) => {
    const before = known.get(token);
    if (before !== undefined) return before;
    const value = lookUp(token);
    known.set(token, value);
    return value;
  };
}

/** llama.cpp marks a special token that a model lacks by -1. */
function present(token: number): number | undefined {
  return token < 0 ? undefined : token;
}

function noTemplate(file: ModelFile): Error {
  return environmentError(
    "no-chat-template",
    `${file.info.file} has no chat template`,
    "Use --raw to continue the prompt as plain text.",
  );
}
