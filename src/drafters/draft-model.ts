import { candidatesFromLogits } from "../decoding/candidate-filter.ts";
import {
  createDistribution,
  type Distribution,
  probabilityOf,
  sample,
} from "../decoding/distribution.ts";
import type { Draft, Drafter, DraftRequest, RoundOutcome } from "../decoding/drafter.ts";
import { argmax, confidence } from "../decoding/logits.ts";
import { type PrefillStep, prefill } from "../decoding/prefill.ts";
import { isGreedy } from "../decoding/sampler.ts";
import type { TokenSequence } from "../decoding/sequence.ts";

/** Settings of a draft model. */
export interface DraftModelOptions {
  /** The draft model's own sequence; nobody else may touch it. */
  readonly sequence: TokenSequence;
  /** Token ids that both vocabularies share from 0 on; ids beyond are never drafted. */
  readonly sharedVocabularySize: number;
  /** See `PrefillOptions.wholeChunks`. */
  readonly wholeChunks?: boolean;
}

/**
 * Drafts a chain with a small model (Leviathan et al. 2023; Chen et al. 2023). Tokens that were
 * emitted but are not in the draft's cache go into the first step's batch, so that one step is one
 * evaluation whatever the last round left behind. Behind a token that the model does not have, or
 * beyond its context, it proposes nothing.
 */
export class DraftModelDrafter implements Drafter {
  readonly name = "draft";
  readonly #sequence: TokenSequence;
  readonly #sharedVocabularySize: number;
  readonly #wholeChunks: boolean;
  /** One distribution for each draft position, reused over rounds. */
  readonly #distributions: Distribution[] = [];
  /** True once the text left what this model can read; it drafts nothing until the next one. */
  #lost = false;
  /** Emitted tokens that the cache does not hold yet. */
  #pending: number[] = [];
  /** Cache length before the tokens of the last proposal. */
  #base = 0;

  constructor(options: DraftModelOptions) {
    this.#sequence = options.sequence;
    this.#sharedVocabularySize = options.sharedVocabularySize;
    this.#wholeChunks = options.wholeChunks ?? false;
  }

  async *begin(prompt: readonly number[]): AsyncGenerator<PrefillStep, void, void> {
    this.#pending = [];
    this.#lost = prompt.length > this.#sequence.capacity || !this.#knows(prompt);
    if (this.#lost) return;
    const wholeChunks = this.#wholeChunks;
    yield* prefill(this.#sequence, prompt, { outputs: "none", need: "greedy", wholeChunks });
    this.#base = this.#sequence.tokens.length;
  }

  async propose(request: DraftRequest): Promise<Draft> {
    const tokens: number[] = [];
    const q: number[] = [];
    const distributions: (Distribution | undefined)[] = [];
    const sequence = this.#sequence;
    // The last drafted token needs no evaluation of its own.
    const room = sequence.capacity - sequence.tokens.length - this.#pending.length + 1;
    const length = this.#lost ? 0 : Math.min(request.maxLength, request.maxSize, room);
    let next = this.#pending;
    while (tokens.length < length) {
      const outputs = await sequence.evaluate({ tokens: next, outputs: "last", need: "logits" });
      if (tokens.length === 0) {
        this.#pending = [];
        this.#base = sequence.tokens.length;
      }
      const logits = outputs.logits(next.length - 1).subarray(0, this.#sharedVocabularySize);
      const choice = this.#choose(logits, request, tokens.length);
      tokens.push(choice.token);
      q.push(choice.q);
      distributions.push(choice.drawnFrom);
      if (request.isEog(choice.token)) break;
      next = [choice.token];
    }
    return { tokens, parents: tokens.map((_, i) => i - 1), q, distributions };
  }

  async observe({ emitted, path }: RoundOutcome): Promise<void> {
    this.#lost ||= !this.#knows(emitted);
    if (this.#lost) return;
    // A chain's nodes are its positions, and the cache holds all of them but the last.
    const drafted = this.#sequence.tokens.length - this.#base;
    const kept = Math.min(path.length, drafted);
    if (kept < drafted) await this.#sequence.truncate(this.#base + kept);
    this.#pending = [...this.#pending, ...emitted.slice(kept)];
    this.#base = this.#sequence.tokens.length;
  }

  /** False for ids beyond this model's vocabulary: the target's may be the larger one. */
  #knows(tokens: readonly number[]): boolean {
    return tokens.every((token) => token < this.#sequence.vocabularySize);
  }

  #choose(logits: Float32Array, request: DraftRequest, position: number): Choice {
    const { sampler, topK, random } = request;
    if (isGreedy(sampler)) {
      const token = argmax(logits);
      return { token, q: confidence(logits, token), drawnFrom: undefined };
    }
    const drawnFrom = this.#distributionAt(position);
    candidatesFromLogits(logits, sampler, topK, drawnFrom);
    const token = sample(drawnFrom, random);
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
