import {
  type ChatHistoryItem,
  type ChatWrapper,
  type GgufFileInfo,
  JinjaTemplateChatWrapper,
  type LlamaText,
  resolveChatWrapper,
  SpecialToken,
} from "node-llama-cpp";
import { environmentError } from "../../errors.ts";
import type { ChatMessage } from "../port.ts";
import type { ModelFile } from "./model-file.ts";
import { builtinRoles, nodeTokenizer, type TemplateTokenizer } from "./template-tokenizer.ts";

export type { TemplateTokenizer } from "./template-tokenizer.ts";

/** A model's chat template over its tokenizer. */
export interface ChatTemplate {
  /**
   * Tokens of a conversation, with BOS where the model wants it, up to where the answer begins.
   * Special tokens spelled out in a message stay plain text.
   *
   * @param messages the last one is the user's
   */
  tokenize(messages: readonly ChatMessage[]): number[];
}

/**
 * The file's own chat template, rendered as its makers render it (`add_generation_prompt`).
 *
 * @returns undefined where the file has none
 * @throws UserError where the template cannot be rendered
 */
export function createChatTemplate(
  file: ModelFile,
  tokenizer: TemplateTokenizer,
): ChatTemplate | undefined {
  const { chatTemplate } = file;
  if (chatTemplate === undefined) return undefined;
  const wrapper = wrapperFor(file, chatTemplate);
  return {
    tokenize: (messages) => {
      const text = written(wrapper, messages.map(historyItem));
      return withBos(tokenizeText(text, file, tokenizer), tokenizer);
    },
  };
}

function wrapperFor(file: ModelFile, template: string): ChatWrapper {
  try {
    return new JinjaTemplateChatWrapper({
      template,
      // Nothing here calls functions, and working out how this template writes them takes long.
      functionCallMessageTemplate: "noJinja",
      additionalRenderParameters: { add_generation_prompt: true },
    });
  } catch (cause) {
    const similar = similarWrapper(template);
    if (similar !== null) return similar;
    const reason = cause instanceof Error ? cause.message : String(cause);
    const message = `the chat template of ${file.info.file} cannot be rendered: ${reason}`;
    const hint = "Use --raw to continue the prompt as plain text.";
    throw environmentError("chat-template", message, hint);
  }
}

/**
 * For a template that this Jinja cannot render the known format whose tokens stand in it, as
 * llama.cpp's own detection does. Without the model's name: by that node-llama-cpp would guess on.
 */
function similarWrapper(template: string): ChatWrapper | null {
  const metadata = { general: {}, tokenizer: { chat_template: template } };
  const fileInfo = { metadata } as unknown as GgufFileInfo;
  return resolveChatWrapper({ fileInfo, warningLogs: false, noJinja: true });
}

function written(wrapper: ChatWrapper, chatHistory: ChatHistoryItem[]): LlamaText {
  if (wrapper instanceof JinjaTemplateChatWrapper) {
    return wrapper.generateContextState({ chatHistory }).contextText;
  }
  // The known formats begin an answer for an empty message, and a text with BOS in any model.
  const begun: ChatHistoryItem[] = [...chatHistory, { type: "model", response: [] }];
  const isBos = (value: unknown) => value instanceof SpecialToken && value.value === "BOS";
  const { contextText } = wrapper.generateContextState({ chatHistory: begun });
  return contextText.mapValues((value) => (isBos(value) ? "" : value));
}

function historyItem({ role, content }: ChatMessage): ChatHistoryItem {
  if (role === "assistant") return { type: "model", response: [content] };
  return { type: role, text: content };
}

/**
 * As llama.cpp does it, in one go, so that words may merge over the seams between template and
 * message; in pieces where a message spells out a special token.
 */
function tokenizeText(text: LlamaText, file: ModelFile, tokenizer: TemplateTokenizer): number[] {
  const messages = text.values.filter((value) => typeof value === "string");
  const isPlain = (message: string) =>
    sameTokens(tokenizer.tokenize(message, false), tokenizer.tokenize(message, true));
  if (!messages.every(isPlain)) return text.tokenize(nodeTokenizer(file, tokenizer));
  const written = text.values.map((value) => {
    if (typeof value === "string") return value;
    return value instanceof SpecialToken ? spelling(value, tokenizer) : value.value;
  });
  return tokenizer.tokenize(written.join(""), true);
}

function spelling({ value }: SpecialToken, tokenizer: TemplateTokenizer): string {
  const role = builtinRoles[value];
  const token = role && tokenizer.special(role);
  return token === undefined ? "" : tokenizer.detokenize([token], true);
}

function withBos(tokens: number[], tokenizer: TemplateTokenizer): number[] {
  const bos = tokenizer.special("bos");
  if (!tokenizer.addsBos || bos === undefined || tokens[0] === bos) return tokens;
  return [bos, ...tokens];
}

function sameTokens(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((token, i) => token === b[i]);
}
