import type { Detokenizer, TokenText } from "../../decoding/text.ts";

/** What a piece has in the place of bytes that are no character. */
const replacement = "\uFFFD";

/** Turns tokens into text as it comes, with control tokens, which have no text, by their names. */
export class Spelling {
  readonly #text: TokenText;
  readonly #detokenizer: Detokenizer;

  /** @param context the tokens before the text */
  constructor(text: TokenText, context: readonly number[]) {
    this.#text = text;
    this.#detokenizer = text.detokenizer(context);
  }

  /** The text that is certain with this token; empty while a character is incomplete. */
  push(token: number): string {
    const plain = this.#detokenizer.push(token);
    if (plain !== "") return plain;
    const piece = this.#text.piece(token);
    return piece.includes(replacement) ? "" : piece;
  }
}
