/** A token that llama.cpp finds in a text before it tokenizes the rest. */
export interface SpecialToken {
  readonly token: number;
  /** As it is spelled, not empty. */
  readonly text: string;
  /** True for user-defined tokens: llama.cpp reads them in plain text too. */
  readonly isText: boolean;
  /** True where the token takes the blanks on its left. */
  readonly stripsLeft: boolean;
  readonly stripsRight: boolean;
}

/** What a chat template needs of a tokenizer; every engine brings its own. */
export interface TemplateTokenizer {
  /**
   * Tokens of a text, without BOS or EOS around it; none of an empty text.
   *
   * @param special whether control tokens spelled out in the text become those tokens
   */
  tokenize(text: string, special: boolean): number[];
  /** Control, unknown and user-defined tokens. Slow at first: it reads the whole vocabulary. */
  specialTokens(): readonly SpecialToken[];
  /** A token as the vocabulary spells it. */
  entry(token: number): string;
  readonly bos: number | undefined;
  readonly eos: number | undefined;
  /** True where a text begins with the BOS token. */
  readonly addsBos: boolean;
}

/** A token's attributes (`enum llama_token_attr`, llama.h), as far as they matter here. */
export interface TokenAttributes {
  readonly unknown: boolean;
  readonly control: boolean;
  readonly userDefined: boolean;
  readonly lstrip: boolean;
  readonly rstrip: boolean;
}

/** The special tokens of a vocabulary, read once, when they are first asked for. */
export function specialTokensOf(
  size: number,
  attributesOf: (token: number) => TokenAttributes,
  entry: (token: number) => string,
): () => readonly SpecialToken[] {
  let known: readonly SpecialToken[] | undefined;
  return () => {
    known ??= Array.from({ length: size }, (_, token) => token).flatMap((token) =>
      specialToken(token, attributesOf(token), entry),
    );
    return known;
  };
}

/** An empty list for an ordinary token. */
function specialToken(
  token: number,
  { unknown, control, userDefined, lstrip, rstrip }: TokenAttributes,
  entry: (token: number) => string,
): SpecialToken[] {
  if (!(unknown || control || userDefined)) return [];
  const text = entry(token);
  if (text === "") return [];
  const isText = !(unknown || control);
  return [{ token, text, isText, stripsLeft: lstrip, stripsRight: rstrip }];
}
