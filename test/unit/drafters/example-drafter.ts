import type { Draft, Drafter, DraftRequest, RoundOutcome } from "../../../src/decoding/drafter.ts";

/** Drafts what followed each token when it was last seen. */
export class LastFollower implements Drafter {
  readonly name = "last-follower";
  readonly #followers = new Map<number, number>();
  #last = -1;

  async *begin(prompt: readonly number[]) {
    this.#followers.clear();
    this.#last = -1;
    this.#read(prompt);
    yield { done: prompt.length, total: prompt.length, reused: 0 };
  }

  propose({ maxLength, isEog }: DraftRequest): Draft {
    const tokens: number[] = [];
    let token = this.#followers.get(this.#last);
    while (token !== undefined && tokens.length < maxLength) {
      tokens.push(token);
      token = isEog(token) ? undefined : this.#followers.get(token);
    }
    const parents = tokens.map((_, i) => i - 1);
    // It is not sure of anything, and draws nothing.
    return { tokens, parents, q: tokens.map(() => Number.NaN), distributions: [] };
  }

  observe({ emitted }: RoundOutcome): void {
    this.#read(emitted);
  }

  #read(tokens: readonly number[]): void {
    for (const token of tokens) {
      this.#followers.set(this.#last, token);
      this.#last = token;
    }
  }
}
