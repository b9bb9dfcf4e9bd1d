import type { LlamaModel, Token } from "node-llama-cpp";
import type { Detokenizer } from "../../decoding/text.ts";
import { environmentError } from "../../errors.ts";
import type { Vocabulary } from "../port.ts";
import { type ChatTemplate, createChatTemplate } from "./chat-template.ts";
import type { ModelFile } from "./model-file.ts";
import type { TemplateTokenizer } from "./template-tokenizer.ts";
import { ordinaryTokens } from "./token-types.ts";

/** The vocabulary of a model that node-llama-cpp holds, with its weights or without. */
export function modelVocabulary(model: LlamaModel, file: ModelFile): Vocabulary {
  const { bos, eos, eot, shouldPrependBosToken: addsBos } = model.tokens;
  const entries = model.fileInfo.metadata.tokenizer.ggml.tokens;
  let template: ChatTemplate | undefined;
  return {
    size: file.info.vocabularySize,
    type: model.vocabularyType,
    specials: { bos: bos ?? undefined, eos: eos ?? undefined, eot: eot ?? undefined },
    addsBos,
    hasChatTemplate: file.info.hasChatTemplate,
    isEog: (token) => model.isEogToken(token as Token),
    detokenizer: (context) => new StreamingDetokenizer(model, context),
    // Behind itself, because SentencePiece drops the space in front of a text's first token.
    piece: (token) => model.detokenize([token as Token], true, [token as Token]),
    // As llama.cpp names it.
    entry: (token) => entries[token] || `[EMPTY_${token}]`,
    isOrdinary: ordinaryTokens(file.path),
    tokenize: (text) => {
      const tokens = model.tokenize(text);
      return addsBos && bos !== null ? [bos, ...tokens] : tokens;
    },
    tokenizeChat: (messages) => {
      template ??= createChatTemplate(file, templateTokenizer(model));
      if (template === undefined) throw noTemplate(file);
      return template.tokenize(messages);
    },
  };
}

function templateTokenizer(model: LlamaModel): TemplateTokenizer {
  return {
    tokenize: (text, special) => model.tokenize(text, special),
    detokenize: (tokens, special) => model.detokenize(tokens as readonly Token[], special),
    special: (role) => model.tokens[role] ?? undefined,
    isSpecial: (token) => model.isSpecialToken(token as Token),
    isEog: (token) => model.isEogToken(token as Token),
    addsBos: model.tokens.shouldPrependBosToken,
  };
}

function noTemplate(file: ModelFile): Error {
  return environmentError(
    "no-chat-template",
    `${file.info.file} has no chat template`,
    "Use --raw to continue the prompt as plain text.",
  );
}

/** What the text ends in where bytes of its last character are still missing. */
const replacement = "\uFFFD";
/** A character has 4 bytes at most, and may begin in a token that ends another. */
const maxPending = 8;
/** Tokens in front that tell how the next ones read; node-llama-cpp looks at no more. */
const maxContext = 3;

/** Streams text over an API that turns tokens into text and hides their bytes. */
class StreamingDetokenizer implements Detokenizer {
  readonly #model: LlamaModel;
  #context: readonly Token[];
  #pending: Token[] = [];

  constructor(model: LlamaModel, context: readonly number[]) {
    this.#model = model;
    this.#context = context.slice(-maxContext) as Token[];
  }

  push(token: number): string {
    this.#pending.push(token as Token);
    const text = this.#model.detokenize(this.#pending, false, this.#context);
    if (text.endsWith(replacement) && this.#pending.length < maxPending) return "";
    return this.#give(text);
  }

  flush(): string {
    return this.#give(this.#model.detokenize(this.#pending, false, this.#context));
  }

  #give(text: string): string {
    this.#context = [...this.#context, ...this.#pending].slice(-maxContext);
    this.#pending = [];
    return text;
  }
}
