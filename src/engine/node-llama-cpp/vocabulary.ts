import type { LlamaModel, Token } from "node-llama-cpp";
import type { Detokenizer } from "../../decoding/text.ts";
import { tokenizeChat } from "../chat-template/chat-template.ts";
import { specialTokensOf, type TemplateTokenizer } from "../chat-template/template-tokenizer.ts";
import type { ChatTemplateParts } from "../chat-template/template-writer.ts";
import { withoutDoubledBos } from "../doubled-bos.ts";
import { type InfillTokens, writeInfill } from "../infill.ts";
import type { Vocabulary } from "../port.ts";
import type { ModelFile } from "./model-file.ts";
import { ordinaryTokens } from "./token-types.ts";

/** The vocabulary of a model that node-llama-cpp holds, with its weights or without. */
export function modelVocabulary(model: LlamaModel, file: ModelFile): Vocabulary {
  const { bos, eos, eot, shouldPrependBosToken: addsBos } = model.tokens;
  const specials = { bos: bos ?? undefined, eos: eos ?? undefined, eot: eot ?? undefined };
  const entries = model.fileInfo.metadata.tokenizer.ggml.tokens;
  // llama.cpp gives nameless tokens such names.
  const entry = (token: number): string => entries[token] || `[EMPTY_${token}]`;
  const template: ChatTemplateParts = {
    file: file.info.file,
    source: file.chatTemplate,
    tokenizer: templateTokenizer(model, entry),
    now: Date.now(),
  };
  return {
    size: file.info.vocabularySize,
    type: model.vocabularyType,
    specials,
    addsBos,
    hasChatTemplate: file.info.hasChatTemplate,
    isEog: (token) => model.isEogToken(token as Token),
    detokenizer: (context) => new StreamingDetokenizer(model, context),
    // Behind itself, because SentencePiece drops the space in front of a text's first token.
    piece: (token) => model.detokenize([token as Token], true, [token as Token]),
    entry,
    isOrdinary: ordinaryTokens(file.path),
    tokenize: (text, special = false) => {
      const tokens = model.tokenize(text, special);
      if (!addsBos || bos === null) return tokens;
      return special ? withoutDoubledBos([bos, ...tokens], bos) : [bos, ...tokens];
    },
    tokenizeInfill: (parts) =>
      writeInfill(
        {
          ...{ model: file.info.file, specials, addsBos, infill: infillTokens(model) },
          plainTokens: (text) => model.tokenize(text),
        },
        parts,
      ),
    tokenizeChat: (messages, settings) => tokenizeChat(template, messages, settings),
  };
}

function infillTokens({ tokens: { infill } }: LlamaModel): InfillTokens {
  return {
    prefix: infill.prefix ?? undefined,
    suffix: infill.suffix ?? undefined,
    middle: infill.middle ?? undefined,
  };
}

function templateTokenizer(model: LlamaModel, entry: (token: number) => string): TemplateTokenizer {
  const { bos, eos, shouldPrependBosToken } = model.tokens;
  return {
    tokenize: (text, special) => model.tokenize(text, special),
    specialTokens: specialTokensOf(
      model.fileInfo.metadata.tokenizer.ggml.tokens.length,
      (token) => model.getTokenAttributes(token as Token),
      entry,
    ),
    entry,
    bos: bos ?? undefined,
    eos: eos ?? undefined,
    addsBos: shouldPrependBosToken,
  };
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
