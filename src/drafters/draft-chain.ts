import {
  createDistribution,
  type Distribution,
  probabilityOf,
  sample,
} from "../decoding/distribution.ts";
import type { Draft, DraftRequest } from "../decoding/drafter.ts";
import { isGreedy } from "../decoding/sampler.ts";
import type { MaybePromise } from "../decoding/sequence.ts";
import { type DraftOutputs, drawableTokens, likeliestTokens } from "./draft-outputs.ts";

/**
 * Logits after a drafted token.
 *
 * @param place of the token in the chain, from 0
 */
export type NextLogits = (token: number, place: number) => MaybePromise<Float32Array>;

/** Drafts chains, token by token. Their distributions are reused: one draft lives at a time. */
export class ChainBuilder {
  readonly #outputs: DraftOutputs;
  readonly #likeliest = createDistribution(1);
  /** One for each position of a chain. */
  readonly #distributions: Distribution[] = [];

  constructor(outputs: DraftOutputs) {
    this.#outputs = outputs;
  }

  /**
   * @param root logits after the last emitted token
   * @param length tokens at most; the last one needs no evaluation of its own
   */
  async chain(
    root: Float32Array,
    next: NextLogits,
    length: number,
    request: DraftRequest,
  ): Promise<Draft> {
    const tokens: number[] = [];
    const q: number[] = [];
    const distributions: (Distribution | undefined)[] = [];
    let logits = root;
    for (let path = 1; ; logits = await next(tokens.at(-1) as number, tokens.length - 1)) {
      const choice = this.#choose(logits, request, tokens.length);
      path *= choice.q;
      // What was drawn stays, or the draws that are left would be of another distribution.
      if (path < request.pMin && choice.drawnFrom === undefined) break;
      tokens.push(choice.token);
      q.push(choice.q);
      distributions.push(choice.drawnFrom);
      if (tokens.length >= length || path < request.pGrow || request.isEog(choice.token)) break;
    }
    return { tokens, parents: tokens.map((_, i) => i - 1), q, distributions };
  }

  #choose(logits: Float32Array, request: DraftRequest, position: number): Choice {
    if (isGreedy(request.sampler)) {
      const q = likeliestTokens(logits, this.#outputs, 1, this.#likeliest);
      return { token: this.#likeliest.ids[0] as number, q, drawnFrom: undefined };
    }
    const drawnFrom = this.#distributionAt(position);
    drawableTokens(logits, this.#outputs, request, drawnFrom);
    const token = sample(drawnFrom, request.random);
    return { token, q: probabilityOf(drawnFrom, token), drawnFrom };
  }

  #distributionAt(position: number): Distribution {
    const existing = this.#distributions[position];
    if (existing !== undefined) return existing;
    const created = createDistribution();
    this.#distributions.push(created);
    return created;
  }
}

interface Choice {
  readonly token: number;
  readonly q: number;
  readonly drawnFrom: Distribution | undefined;
}
