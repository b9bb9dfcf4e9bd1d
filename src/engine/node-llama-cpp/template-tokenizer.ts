import type { Token, Tokenizer } from "node-llama-cpp";
import type { ModelFile } from "./model-file.ts";

/** A special token's part in a template. */
export type TokenRole = "bos" | "eos" | "eot" | "nl" | "sep";

/** What a chat template needs of a tokenizer; every engine brings its own. */
export interface TemplateTokenizer {
  /**
   * Tokens of a text, without BOS or EOS around it; none of an empty text.
   *
   * @param special whether special tokens spelled out in the text become those tokens
   */
  tokenize(text: string, special: boolean): number[];
  /** How tokens read; with `special` also those that are no text. */
  detokenize(tokens: readonly number[], special: boolean): string;
  /** A special token by its part; undefined where the model has none. */
  special(role: TokenRole): number | undefined;
  /** True for control tokens and end-of-generation tokens. */
  isSpecial(token: number): boolean;
  isEog(token: number): boolean;
  /** True where a text begins with the BOS token. */
  readonly addsBos: boolean;
}

/** Parts as node-llama-cpp spells them. */
export const builtinRoles: Readonly<Record<string, TokenRole>> = {
  BOS: "bos",
  EOS: "eos",
  EOT: "eot",
  NL: "nl",
  SEP: "sep",
};

/** The same tokenizer in the form that node-llama-cpp's `LlamaText` takes. */
export function nodeTokenizer(file: ModelFile, tokenizer: TemplateTokenizer): Tokenizer {
  const tokenize = (text: string, special: boolean | "builtin" = false, options?: string) => {
    if (special === "builtin") return builtin(tokenizer, text);
    const inside = options === "trimLeadingSpace" && putsSpaceInFront(file);
    const tokens = inside
      ? tokenizeInside(tokenizer, text, special)
      : tokenizer.tokenize(text, special);
    return tokens as Token[];
  };
  return Object.assign(tokenize, {
    detokenize: (tokens: readonly Token[], special = false) =>
      tokenizer.detokenize(tokens, special),
    isSpecialToken: (token: Token) => tokenizer.isSpecial(token),
    isEogToken: (token: Token) => tokenizer.isEog(token),
  });
}

function builtin(tokenizer: TemplateTokenizer, name: string): Token[] {
  const role = builtinRoles[name];
  const token = role && tokenizer.special(role);
  return token === undefined ? [] : [token as Token];
}

/** SentencePiece vocabularies read every text as if a space stood before it. */
function putsSpaceInFront(file: ModelFile): boolean {
  const { metadata } = file.header;
  const model = metadata.get("tokenizer.ggml.model");
  const wants = metadata.get("tokenizer.ggml.add_space_prefix") ?? true;
  return (model === "llama" || model === "t5") && wants === true;
}

/** Tokens of a text that stands inside another, so that no space is put before it. */
function tokenizeInside(tokenizer: TemplateTokenizer, text: string, special: boolean): number[] {
  const before = tokenizer.tokenize("\n", special);
  const tokens = tokenizer.tokenize(`\n${text}`, special);
  const found = before.every((token, i) => tokens[i] === token);
  return found ? tokens.slice(before.length) : tokenizer.tokenize(text, special);
}
