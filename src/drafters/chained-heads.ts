import type { DraftHeads } from "../decoding/draft-heads.ts";
import {
  type Draft,
  type DraftRequest,
  emptyDraft,
  type RoundOutcome,
} from "../decoding/drafter.ts";
import { hiddenOf } from "../decoding/sequence.ts";
import { keepPath, nothingCached, treeInCache } from "./cached-draft.ts";
import { ChainBuilder } from "./draft-chain.ts";
import type { DraftOutputs } from "./draft-outputs.ts";
import type { TreeNode } from "./draft-tree.ts";
import { addTo, type HeadsProposer, outputsOf } from "./heads-proposer.ts";

/** Emitted tokens that are caught up on at most; what is older is left out of the history. */
const mostPending = 64;

/** An emitted token, and the target's state that it was chosen from. */
interface Pending {
  readonly token: number;
  readonly state: Float32Array;
}

/**
 * Heads that each read what the one before them made of the token before (Ankner et al. 2024; the
 * history as in EAGLE, Li et al. 2024). The cache holds what the first head read at each emitted
 * token, made of the target's own states; what was drafted is made of predicted ones and is dropped.
 */
export class ChainedHeads implements HeadsProposer {
  readonly #heads: DraftHeads;
  readonly #outputs: DraftOutputs;
  readonly #chains: ChainBuilder;
  /** Emitted tokens that the cache does not hold yet. */
  #pending: Pending[] = [];
  #knowsState = false;
  #cached = nothingCached;
  /** What the last evaluated head of a chain has made. */
  readonly #state: Float32Array;
  /** Vectors that are out of use. */
  readonly #free: Float32Array[] = [];

  constructor(heads: DraftHeads) {
    this.#heads = heads;
    this.#outputs = outputsOf(heads);
    this.#chains = new ChainBuilder(this.#outputs);
    this.#state = new Float32Array(heads.width);
  }

  get unread(): number {
    return this.#pending.length;
  }

  async begin(): Promise<void> {
    this.#leaveOut(this.#pending.length);
    this.#knowsState = false;
    await this.#drop();
    await this.#heads.sequence.truncate(0);
  }

  async propose(request: DraftRequest): Promise<Draft> {
    if (!this.#knowsState || this.#pending.length === 0) return emptyDraft;
    const { sequence } = this.#heads;
    const branches = request.tree && request.topK !== 1 && sequence.maxBranches > 0;
    const wanted = branches ? request.maxSize : request.maxLength - 1;
    // The history only helps: where it has no room it begins anew.
    if (this.#room() < wanted) await sequence.truncate(0);
    if (this.#room() < 0) this.#leaveOut(-this.#room());
    return branches && this.#room() >= wanted ? this.#tree(request) : this.#chain(request);
  }

  async observe(emitted: readonly number[], states: RoundOutcome["states"]): Promise<void> {
    await this.#drop();
    this.#knowsState = states !== undefined;
    if (states === undefined) return;
    const first = Math.max(0, emitted.length - mostPending);
    for (let i = first; i < emitted.length; i++) {
      const state = this.#vector();
      state.set(states(i));
      this.#pending.push({ token: emitted[i] as number, state });
    }
    this.#leaveOut(this.#pending.length - mostPending);
  }

  async #chain(request: DraftRequest): Promise<Draft> {
    const { maxLength, maxSize } = request;
    const { sequence } = this.#heads;
    // The last drafted token needs no evaluation of its own.
    const length = Math.min(maxLength, maxSize, this.#room() + 1);
    const batches = [this.#pending.length];
    const root = await this.#catchUp();
    this.#cached = { base: sequence.tokens.length, tree: undefined };
    const next = (token: number, place: number): Promise<Float32Array> => {
      batches.push(1);
      return this.#step(token, place + 1);
    };
    return { ...(await this.#chains.chain(root, next, length, request)), batches };
  }

  /** @param head from 0 */
  async #step(token: number, head: number): Promise<Float32Array> {
    const input = this.#input(token, this.#state, head);
    const outputs = await this.#heads.sequence.evaluate({
      tokens: [token],
      inputs: [input],
      outputs: "last",
      need: "logits",
    });
    this.#state.set(hiddenOf(outputs, 0));
    this.#free.push(input);
    return outputs.logits(0);
  }

  async #tree(request: DraftRequest): Promise<Draft> {
    const { sequence } = this.#heads;
    const caughtUp = this.#pending.length;
    const root = await this.#catchUp();
    // By node: what its evaluation has made.
    const states = new Map([[-1, this.#state]]);
    let read: Float32Array[] = [];
    const { draft, cached, levels } = await treeInCache(
      {
        ...{ sequence, outputs: this.#outputs, root, caughtUp },
        inputs: (nodes, tree) => {
          read = nodes.map((node) => {
            const { token, parent, depth } = tree[node] as TreeNode;
            return this.#input(token, states.get(parent) as Float32Array, depth + 1);
          });
          return read;
        },
        evaluated: (nodes, outputs) => {
          nodes.forEach((node, i) => {
            const made = read[i] as Float32Array;
            made.set(hiddenOf(outputs, i));
            states.set(node, made);
          });
        },
      },
      request,
    );
    for (const [node, state] of states) if (node >= 0) this.#free.push(state);
    this.#cached = cached;
    return { ...draft, batches: [caughtUp, ...levels] };
  }

  /** Evaluates what is pending; returns the logits after it, and leaves what was made of the last. */
  async #catchUp(): Promise<Float32Array> {
    const pending = this.#pending;
    for (const { token, state } of pending) {
      addTo(state, this.#heads.embedding(token));
      addTo(state, this.#heads.offset(0));
    }
    const outputs = await this.#heads.sequence.evaluate({
      tokens: pending.map(({ token }) => token),
      inputs: pending.map(({ state }) => state),
      outputs: "last",
      need: "logits",
    });
    const last = pending.length - 1;
    this.#leaveOut(pending.length);
    this.#state.set(hiddenOf(outputs, last));
    return outputs.logits(last);
  }

  /** What a head reads: a state, a token and the head's offset. */
  #input(token: number, state: Float32Array, head: number): Float32Array {
    const input = this.#vector();
    input.set(state);
    addTo(input, this.#heads.embedding(token));
    addTo(input, this.#heads.offset(head));
    return input;
  }

  #vector(): Float32Array {
    return this.#free.pop() ?? new Float32Array(this.#heads.width);
  }

  /** Rows that fit behind what is pending. */
  #room(): number {
    const { capacity, tokens } = this.#heads.sequence;
    return capacity - tokens.length - this.#pending.length;
  }

  /** Takes the oldest out of what is pending. */
  #leaveOut(count: number): void {
    if (count <= 0) return;
    for (const { state } of this.#pending.splice(0, count)) this.#free.push(state);
  }

  /** Takes what was drafted out of the cache. */
  async #drop(): Promise<void> {
    const cached = this.#cached;
    this.#cached = nothingCached;
    await keepPath(this.#heads.sequence, cached, []);
  }
}
