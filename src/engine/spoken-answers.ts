import type { TokenText } from "../decoding/text.ts";

/** An answer that was given, and the prompt that it followed. */
export interface SpokenAnswer {
  /** As the tokenizer writes it. */
  readonly prompt: readonly number[];
  /** As the model wrote it, without the token that ended it. */
  readonly answer: readonly number[];
}

/** Answers that are remembered; older ones are forgotten. */
const most = 64;

/**
 * The answers of a conversation as the model wrote them. A tokenizer often cuts the same text in
 * another way than a model does, and then a cache that holds the model's tokens would be worth nothing
 * from there on, although the next prompt says the same.
 */
export class SpokenAnswers {
  readonly #text: TokenText;
  #answers: readonly SpokenAnswer[] = [];

  constructor(text: TokenText) {
    this.#text = text;
  }

  remember(spoken: SpokenAnswer): void {
    if (spoken.answer.length > 0) this.#answers = [...this.#answers, spoken].slice(-most);
  }

  /** The prompt, with every answer in it as the model wrote it. */
  restore(prompt: readonly number[]): number[] {
    const restored = [...prompt];
    // From the last one on, so that places before it stay where they are.
    const byPlace = [...this.#answers].sort((a, b) => b.prompt.length - a.prompt.length);
    let end = prompt.length;
    for (const { prompt: before, answer } of byPlace) {
      if (before.length >= end || !isPrefix(before, prompt)) continue;
      const length = this.#lengthOf(answer, prompt.slice(before.length, end), before);
      if (length === undefined) continue;
      restored.splice(before.length, length, ...answer);
      end = before.length;
    }
    return restored;
  }

  /** How many of `tokens` read as the answer does; undefined where they do not. */
  #lengthOf(
    answer: readonly number[],
    tokens: readonly number[],
    context: readonly number[],
  ): number | undefined {
    const wanted = this.#read(answer, context);
    const detokenizer = this.#text.detokenizer(context);
    let read = "";
    for (const [i, token] of tokens.entries()) {
      read += detokenizer.push(token);
      if (!wanted.startsWith(read)) return undefined;
      if (read.length === wanted.length) return i + 1;
    }
    return undefined;
  }

  #read(tokens: readonly number[], context: readonly number[]): string {
    const detokenizer = this.#text.detokenizer(context);
    return tokens.map((token) => detokenizer.push(token)).join("") + detokenizer.flush();
  }
}

function isPrefix(short: readonly number[], long: readonly number[]): boolean {
  return short.every((token, i) => token === long[i]);
}
