import type {
  SpecialToken,
  TemplateTokenizer,
} from "../../src/engine/chat-template/template-tokenizer.ts";

const specials = ["<s>", "</s>", "<|user|>", "<|assistant|>", "</think>", "<|tool|>"];
const userDefined = "<|tool|>";

/** A tokenizer whose tokens can be read. */
export interface ToyTokenizer extends TemplateTokenizer {
  read(tokens: readonly number[]): (string | undefined)[];
}

/**
 * Words are whatever is between line breaks, so a seam that is cut shows as another token. All special
 * tokens but the last are control tokens; `<|tool|>` is user-defined, and read in plain text too. A word
 * that is spelled as a special token reads as "text </s>".
 *
 * @param options.spaceInFront whether text gets a space in front, as SentencePiece does it
 */
export function toyTokenizer(
  options: { readonly addsBos?: boolean; readonly spaceInFront?: boolean } = {},
): ToyTokenizer {
  const texts = [...specials];
  const id = (text: string): number => {
    if (!texts.includes(text)) texts.push(text);
    return texts.indexOf(text);
  };
  const words = (text: string): number[] => {
    const written = options.spaceInFront && text !== "" ? ` ${text}` : text;
    const plain = (word: string) => (specials.includes(word) ? `text ${word}` : word);
    return (written.match(/[^\n]+|\n/g) ?? []).map((word) => id(plain(word)));
  };
  return {
    tokenize: (text, special) => {
      const found = special ? specials : [userDefined];
      const cut = new RegExp(`(${found.map((each) => each.replaceAll("|", "\\|")).join("|")})`);
      return text
        .split(cut)
        .filter((part) => part !== "")
        .flatMap((part) => (found.includes(part) ? [id(part)] : words(part)));
    },
    specialTokens: () => specials.map(specialToken),
    entry: (token) => texts[token] ?? "",
    bos: 0,
    eos: 1,
    addsBos: options.addsBos ?? false,
    read: (tokens) => tokens.map((token) => texts[token]),
  };
}

function specialToken(text: string, token: number): SpecialToken {
  return { token, text, isText: text === userDefined, stripsLeft: false, stripsRight: false };
}
