import { environmentError, usageError } from "../../errors.ts";
import type { ChatMessage, TemplateSettings } from "../port.ts";
import { type TemplateRenderer, templateRenderer } from "./renderer.ts";
import type { TemplateTokenizer } from "./template-tokenizer.ts";

/** What chat templates are applied with. */
export interface ChatTemplateParts {
  /** The model's file, for messages. */
  readonly file: string;
  /** The model's own template (Jinja); undefined where it has none. */
  readonly source: string | undefined;
  readonly tokenizer: TemplateTokenizer;
  /** Writes a conversation in one of llama.cpp's formats; left out where the engine has none. */
  readonly named?: (name: string, messages: readonly ChatMessage[]) => string;
  /** The date that templates write, in milliseconds since 1970. */
  readonly now: number;
  /** Left out, that of the process. */
  readonly renderer?: TemplateRenderer;
}

/** Writes conversations in one template. */
export interface TemplateWriter {
  /** What it is called in messages. */
  readonly name: string;
  /** Everything that the text can come from besides the messages. */
  readonly sources: readonly string[];
  /** @throws RenderFailure */
  write(messages: readonly ChatMessage[]): Promise<string>;
}

/** Milliseconds for all that one prompt needs rendered. A template takes one or two. */
const promptLimitMs = 3000;

/**
 * Writes conversations in the template that the settings name, or else in the model's own.
 *
 * @throws UserError where there is no such template
 */
export function templateWriter(
  parts: ChatTemplateParts,
  { source, kwargs = {} }: TemplateSettings,
): TemplateWriter {
  if (source?.type === "named") return namedWriter(parts, source.name);
  const text = source?.text ?? parts.source;
  if (text === undefined) throw noTemplate(parts.file);
  const budget = { leftMs: promptLimitMs };
  const renderer = parts.renderer ?? templateRenderer;
  return {
    name: source === undefined ? `the chat template of ${parts.file}` : source.name,
    sources: [text, JSON.stringify(kwargs)],
    write: async (messages) => {
      const variables = { ...standardVariables(parts.tokenizer), ...kwargs, messages };
      return renderer.render({ source: text, variables, now: parts.now }, budget);
    },
  };
}

/** What Transformers gives to every template, besides the messages. */
function standardVariables({ bos, eos, entry }: TemplateTokenizer) {
  return {
    add_generation_prompt: true,
    bos_token: bos === undefined ? "" : entry(bos),
    eos_token: eos === undefined ? "" : entry(eos),
    tools: null,
    documents: null,
  };
}

function namedWriter({ named }: ChatTemplateParts, name: string): TemplateWriter {
  if (named === undefined) {
    throw usageError(
      `--chat-template ${name} is one of llama.cpp's formats, which this engine does not have`,
      "Use --engine libllama, or give --chat-template a file with a Jinja template.",
    );
  }
  return {
    name: `llama.cpp's format ${name}`,
    sources: [],
    write: async (messages) => named(name, messages),
  };
}

function noTemplate(file: string): Error {
  return environmentError(
    "no-chat-template",
    `${file} has no chat template`,
    "Use --raw to continue the prompt as plain text, or name a template with --chat-template.",
  );
}
