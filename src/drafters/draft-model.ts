import {
  type Draft,
  type Drafter,
  type DraftRequest,
  emptyDraft,
  type RoundOutcome,
} from "../decoding/drafter.ts";
import { type PrefillStep, prefill } from "../decoding/prefill.ts";
import type { TokenSequence } from "../decoding/sequence.ts";
import { keepPath, nothingCached, treeInCache } from "./cached-draft.ts";
import { ChainBuilder } from "./draft-chain.ts";
import type { DraftOutputs } from "./draft-outputs.ts";
import { readByDraft, type SharedTokens } from "./shared-tokens.ts";

/** Settings of a draft model. */
export interface DraftModelOptions {
  /** The draft model's own sequence; nobody else may touch it. */
  readonly sequence: TokenSequence;
  /** Other ids are never drafted, and the model reads a stand-in for them. */
  readonly shared: SharedTokens;
  /** See `PrefillOptions.wholeChunks`. */
  readonly wholeChunks?: boolean;
}

/**
 * Drafts with a small model (Leviathan et al. 2023; Chen et al. 2023): a chain, or a tree of its
 * likeliest candidates. Tokens that were emitted but are not in the draft's cache go into the first
 * step's batch, so that one step is one evaluation whatever the last round left behind. Beyond the
 * model's context it proposes nothing.
 */
export class DraftModelDrafter implements Drafter {
  readonly name = "draft";
  readonly #sequence: TokenSequence;
  readonly #shared: SharedTokens;
  readonly #outputs: DraftOutputs;
  readonly #chains: ChainBuilder;
  readonly #wholeChunks: boolean;
  /** True for a prompt that the context cannot hold: nothing is drafted until the next one. */
  #lost = false;
  /** Emitted tokens that the cache does not hold yet. */
  #pending: number[] = [];
  /** Where the cache holds what was drafted last. */
  #cached = nothingCached;

  constructor(options: DraftModelOptions) {
    this.#sequence = options.sequence;
    this.#shared = options.shared;
    this.#outputs = options.shared;
    this.#chains = new ChainBuilder(this.#outputs);
    this.#wholeChunks = options.wholeChunks ?? false;
  }

  get unread(): number {
    return this.#lost ? 0 : this.#pending.length;
  }

  async *begin(prompt: readonly number[]): AsyncGenerator<PrefillStep, void, void> {
    this.#pending = [];
    this.#cached = nothingCached;
    this.#lost = prompt.length > this.#sequence.capacity;
    if (this.#lost) return;
    const wholeChunks = this.#wholeChunks;
    const read = readByDraft(this.#shared, prompt);
    yield* prefill(this.#sequence, read, { outputs: "none", need: "greedy", wholeChunks });
  }

  async propose(request: DraftRequest): Promise<Draft> {
    const { capacity, tokens, maxBranches } = this.#sequence;
    const room = capacity - tokens.length - this.#pending.length;
    if (this.#lost || room < 0) return emptyDraft;
    const branches = request.tree && request.topK !== 1 && maxBranches > 0;
    // At the end of the context, where a tree may not fit, a chain may.
    return branches && room >= request.maxSize ? this.#tree(request) : this.#chain(request, room);
  }

  async observe({ emitted, path }: RoundOutcome): Promise<void> {
    const kept = await this.#keep(path);
    if (this.#lost) return;
    for (const token of readByDraft(this.#shared, emitted.slice(kept))) this.#pending.push(token);
  }

  /** Evaluates what is pending; gives the logits after it, and how many tokens its last batch had. */
  async #catchUp(): Promise<{ readonly root: Float32Array; readonly caughtUp: number }> {
    const { prefillChunk, batchSize } = this.#sequence;
    const chunk = Math.min(prefillChunk, batchSize);
    // After a long text of lookup's, or of plain decoding, it is more than one batch takes.
    for (;;) {
      const tokens = this.#pending.slice(0, chunk);
      const isLast = tokens.length === this.#pending.length;
      const outputs = await this.#sequence.evaluate({
        tokens,
        outputs: isLast ? "last" : "none",
        need: "logits",
      });
      this.#pending = this.#pending.slice(chunk);
      const caughtUp = tokens.length;
      if (isLast) return { root: outputs.logits(caughtUp - 1), caughtUp };
    }
  }

  async #chain(request: DraftRequest, room: number): Promise<Draft> {
    // The last drafted token needs no evaluation of its own.
    const length = Math.min(request.maxLength, request.maxSize, room + 1);
    const batches = [this.#pending.length];
    const { root } = await this.#catchUp();
    this.#cached = { base: this.#sequence.tokens.length, tree: undefined };
    const next = (token: number): Promise<Float32Array> => {
      batches.push(1);
      return this.#step(token);
    };
    return { ...(await this.#chains.chain(root, next, length, request)), batches };
  }

  async #step(token: number): Promise<Float32Array> {
    const outputs = await this.#sequence.evaluate({
      tokens: [token],
      outputs: "last",
      need: "logits",
    });
    return outputs.logits(0);
  }

  async #tree(request: DraftRequest): Promise<Draft> {
    const unread = this.#pending.length;
    const { root, caughtUp } = await this.#catchUp();
    const { draft, cached, levels } = await treeInCache(
      { sequence: this.#sequence, outputs: this.#outputs, root, caughtUp },
      request,
    );
    this.#cached = cached;
    return { ...draft, batches: [unread, ...levels] };
  }

  /** Keeps of the last draft what lies on `path`; returns how many of its tokens the cache holds. */
  async #keep(path: readonly number[]): Promise<number> {
    const cached = this.#cached;
    this.#cached = nothingCached;
    return keepPath(this.#sequence, cached, path);
  }
}
