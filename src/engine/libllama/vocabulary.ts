import { ByteDetokenizer } from "../byte-detokenizer.ts";
import { tokenizeChat } from "../chat-template/chat-template.ts";
import {
  specialTokensOf,
  type TemplateTokenizer,
  type TokenAttributes,
} from "../chat-template/template-tokenizer.ts";
import type { ChatTemplateParts } from "../chat-template/template-writer.ts";
import { withoutDoubledBos } from "../doubled-bos.ts";
import { writeInfill } from "../infill.ts";
import type { ModelFile } from "../node-llama-cpp/model-file.ts";
import { ordinaryTokens } from "../node-llama-cpp/token-types.ts";
import type { Vocabulary } from "../port.ts";
import type { Bindings, Pointer } from "./bindings.ts";
import { writeNamedFormat } from "./named-formats.ts";

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
  const entry = (token: number): string => bindings.vocabText(vocab, token);
  const size = bindings.vocabSize(vocab);
  const tokenizer: TemplateTokenizer = {
    tokenize: (text, special) => buffers.tokenize(text, false, special),
    specialTokens: specialTokensOf(
      size,
      (token) => attributesOf(bindings.vocabAttributes(vocab, token)),
      entry,
    ),
    entry,
    bos: specials.bos,
    eos: specials.eos,
    addsBos,
  };
  const infill = {
    ...{ model: file.info.file, specials, addsBos },
    infill: {
      prefix: present(bindings.vocabInfillPrefix(vocab)),
      suffix: present(bindings.vocabInfillSuffix(vocab)),
      middle: present(bindings.vocabInfillMiddle(vocab)),
    },
    plainTokens: (text: string) => buffers.tokenize(text, false, false),
  };
  const template: ChatTemplateParts = {
    file: file.info.file,
    source: file.chatTemplate,
    tokenizer,
    named: (name, messages) => writeNamedFormat(bindings, name, messages),
    now: Date.now(),
  };
  return {
    size,
    type: types[bindings.vocabType(vocab)] ?? "unknown",
    specials,
    addsBos,
    hasChatTemplate: file.info.hasChatTemplate,
    isEog,
    detokenizer: () => new ByteDetokenizer(plainBytes),
    piece: (token) => decoder.decode(buffers.bytesOf(token, true)),
    entry,
    isOrdinary: ordinaryTokens(file.path),
    tokenize: (text, special = false) => {
      const tokens = buffers.tokenize(text, true, special);
      return special && addsBos ? withoutDoubledBos(tokens, specials.bos) : tokens;
    },
    tokenizeInfill: (parts) => writeInfill(infill, parts),
    tokenizeChat: (messages, settings) => tokenizeChat(template, messages, settings),
  };
}

/** `enum llama_token_attr` (llama.h). */
function attributesOf(flags: number): TokenAttributes {
  const has = (flag: number): boolean => (flags & flag) !== 0;
  return {
    unknown: has(1),
    control: has(8),
    userDefined: has(16),
    lstrip: has(128),
    rstrip: has(256),
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
