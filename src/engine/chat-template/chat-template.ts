import { environmentError } from "../../errors.ts";
import type { ChatMessage, TemplateSettings } from "../port.ts";
import { RenderFailure } from "./renderer.ts";
import { findSpellings, NoFreeMark, spellingsIn, UnmarkableSpelling } from "./special-marks.ts";
import type { TemplateTokenizer } from "./template-tokenizer.ts";
import { type ChatTemplateParts, type TemplateWriter, templateWriter } from "./template-writer.ts";
import { tokenizeMarked } from "./tokenize-marked.ts";

/**
 * Tokens of a conversation, with BOS where the model wants it, up to where the answer begins. Special
 * tokens that a message spells stay plain text.
 *
 * @param messages the last one is the user's
 * @throws UserError where there is no template, or it cannot be rendered
 */
export async function tokenizeChat(
  parts: ChatTemplateParts,
  messages: readonly ChatMessage[],
  settings: TemplateSettings = {},
): Promise<number[]> {
  const writer = templateWriter(parts, settings);
  try {
    return withBos(await tokensOf(writer, messages, parts.tokenizer), parts.tokenizer);
  } catch (error) {
    throw refusal(error, writer.name);
  }
}

async function tokensOf(
  writer: TemplateWriter,
  messages: readonly ChatMessage[],
  tokenizer: TemplateTokenizer,
): Promise<number[]> {
  const written = await writer.write(messages);
  if (written === "") throw new RenderFailure("template", "it writes nothing");
  // In one go, so that words merge over the seams between template and message.
  if (messages.every(({ content }) => isPlain(content, tokenizer))) {
    return tokenizer.tokenize(written, true);
  }
  const control = tokenizer.specialTokens().filter(({ isText }) => !isText);
  const texts = control.map(({ text }) => text);
  const { plain } = await findSpellings({
    messages,
    spellings: spellingsIn(messages, texts),
    written,
    avoid: writer.sources,
    render: (marked) => writer.write(marked).catch(nothingIfRefused),
  });
  return tokenizeMarked(written, plain, tokenizer);
}

function isPlain(message: string, tokenizer: TemplateTokenizer): boolean {
  const [plain, special] = [false, true].map((special) => tokenizer.tokenize(message, special));
  return (
    plain?.length === special?.length && plain?.every((token, i) => token === special?.[i]) === true
  );
}

function withBos(tokens: number[], { bos, addsBos }: TemplateTokenizer): number[] {
  return !addsBos || bos === undefined || tokens[0] === bos ? tokens : [bos, ...tokens];
}

/** A template that refuses marked messages only says that they cannot be marked so. */
function nothingIfRefused(error: unknown): undefined {
  if (error instanceof RenderFailure && error.kind === "template") return undefined;
  throw error;
}

function refusal(error: unknown, name: string): unknown {
  if (error instanceof RenderFailure) {
    const message = `${name} cannot be rendered: ${error.message}`;
    const hint =
      "Use --raw to continue the prompt as plain text, or another template with --chat-template.";
    return environmentError("chat-template", message, hint);
  }
  if (error instanceof NoFreeMark) {
    const message = "the messages have every private-use character, and spell special tokens";
    return environmentError("chat-template", message, "Take either out of them, or use --raw.");
  }
  if (error instanceof UnmarkableSpelling) {
    const message = `${name} takes ${error.spelling.text} in a message for its own markup, so it cannot stay plain text`;
    return environmentError("chat-template", message, "Take it out of the message, or use --raw.");
  }
  return error;
}
