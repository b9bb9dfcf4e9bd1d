import { candidatesFromLogits } from "../decoding/candidate-filter.ts";
import {
  createDistribution,
  type Distribution,
  probabilityOf,
  sample,
} from "../decoding/distribution.ts";
import {
  type Draft,
  type Drafter,
  type DraftRequest,
  emptyDraft,
  type RoundOutcome,
} from "../decoding/drafter.ts";
import { type PrefillStep, prefill } from "../decoding/prefill.ts";
import { isGreedy } from "../decoding/sampler.ts";
import type { TokenSequence } from "../decoding/sequence.ts";
import { topWithConfidence } from "../decoding/top-scan.ts";
import type { TreeModel, TreeNode } from "./draft-tree.ts";
import { greedyTree } from "./greedy-tree.ts";
import { sampledTree } from "./sampled-tree.ts";

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
 * Drafts with a small model (Leviathan et al. 2023; Chen et al. 2023): a chain, or a tree of its
 * likeliest candidates. Tokens that were emitted but are not in the draft's cache go into the first
 * step's batch, so that one step is one evaluation whatever the last round left behind. Behind a
 * token that the model does not have, or beyond its context, it proposes nothing.
 */
export class DraftModelDrafter implements Drafter {
  readonly name = "draft";
  readonly #sequence: TokenSequence;
  readonly #sharedVocabularySize: number;
  readonly #wholeChunks: boolean;
  readonly #likeliest = createDistribution(1);
  /** One distribution for each position of a chain, reused over rounds. */
  readonly #distributions: Distribution[] = [];
  /** True once the text left what this model can read; it drafts nothing until the next one. */
  #lost = false;
  /** Emitted tokens that the cache does not hold yet. */
  #pending: number[] = [];
  /** Where the cache holds what was drafted last. */
  #drafted: Drafted = nothingDrafted;

  constructor(options: DraftModelOptions) {
    this.#sequence = options.sequence;
    this.#sharedVocabularySize = options.sharedVocabularySize;
    this.#wholeChunks = options.wholeChunks ?? false;
  }

  async *begin(prompt: readonly number[]): AsyncGenerator<PrefillStep, void, void> {
    this.#pending = [];
    // A round that failed between its draft and its end has left a tree behind.
    await this.#keep([]);
    this.#lost = prompt.length > this.#sequence.capacity || !this.#knows(prompt);
    if (this.#lost) return;
    const wholeChunks = this.#wholeChunks;
    yield* prefill(this.#sequence, prompt, { outputs: "none", need: "greedy", wholeChunks });
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
    this.#lost ||= !this.#knows(emitted);
    if (this.#lost) return;
    const kept = await this.#keep(path);
    for (const token of emitted.slice(kept)) this.#pending.push(token);
  }

  /** Evaluates what is pending; returns the logits after it. */
  async #catchUp(): Promise<Float32Array> {
    const tokens = this.#pending;
    const outputs = await this.#sequence.evaluate({ tokens, outputs: "last", need: "logits" });
    this.#pending = [];
    return outputs.logits(tokens.length - 1).subarray(0, this.#sharedVocabularySize);
  }

  async #chain(request: DraftRequest, room: number): Promise<Draft> {
    const tokens: number[] = [];
    const q: number[] = [];
    const distributions: (Distribution | undefined)[] = [];
    // The last drafted token needs no evaluation of its own.
    const length = Math.min(request.maxLength, request.maxSize, room + 1);
    let logits = await this.#catchUp();
    this.#drafted = { base: this.#sequence.tokens.length, tree: undefined };
    for (let path = 1; ; logits = await this.#step(tokens.at(-1) as number)) {
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

  async #step(token: number): Promise<Float32Array> {
    const outputs = await this.#sequence.evaluate({
      tokens: [token],
      outputs: "last",
      need: "logits",
    });
    return outputs.logits(0).subarray(0, this.#sharedVocabularySize);
  }

  async #tree(request: DraftRequest): Promise<Draft> {
    const caughtUp = this.#pending.length;
    const root = await this.#catchUp();
    const base = this.#sequence.tokens.length;
    // Entry i: index in the cache's open tree of node i, where it was evaluated.
    const places = new Map<number, number>();
    let evaluated = caughtUp;
    const { capacity, maxBranches } = this.#sequence;
    const model: TreeModel = {
      // A level may be displaced by the next one, so more may be evaluated than is drafted.
      room: Math.min(capacity - base, maxBranches),
      evaluate: async (nodes, tree) => {
        const level = nodes.map((node) => tree[node] as TreeNode);
        const outputs = await this.#sequence.grow({
          tokens: level.map(({ token }) => token),
          parents: level.map(({ parent }) => places.get(parent) ?? caughtUp - 1),
          outputs: "all",
          need: "logits",
        });
        for (const node of nodes) places.set(node, evaluated++);
        return (i) => outputs.logits(i).subarray(0, this.#sharedVocabularySize);
      },
    };
    const grow = isGreedy(request.sampler) ? greedyTree : sampledTree;
    const { draft, nodes } = await grow(() => root, model, request);
    this.#drafted = {
      base,
      tree: {
        caughtUp,
        places: nodes.map((node) => places.get(node)),
        isOpen: evaluated > caughtUp,
      },
    };
    return draft;
  }

  /** Keeps of the last draft what lies on `path`; returns how many of its tokens the cache holds. */
  async #keep(path: readonly number[]): Promise<number> {
    const { base, tree } = this.#drafted;
    this.#drafted = nothingDrafted;
    if (base < 0) return 0;
    if (tree === undefined) {
      // A chain's nodes are its positions, and the cache holds all of them but the last.
      const kept = Math.min(path.length, this.#sequence.tokens.length - base);
      await this.#sequence.truncate(base + kept);
      return kept;
    }
    const held = path.map((node) => tree.places[node]).filter((place) => place !== undefined);
    if (tree.isOpen) await this.#sequence.keep([...Array(tree.caughtUp).keys(), ...held]);
    return held.length;
  }

  /** False for ids beyond this model's vocabulary: the target's may be the larger one. */
  #knows(tokens: readonly number[]): boolean {
    return tokens.every((token) => token < this.#sequence.vocabularySize);
  }

  #choose(logits: Float32Array, request: DraftRequest, position: number): Choice {
    const { sampler, topK, random } = request;
    if (isGreedy(sampler)) {
      const q = topWithConfidence(logits, 1, this.#likeliest);
      return { token: this.#likeliest.ids[0] as number, q, drawnFrom: undefined };
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

/** What the cache holds of a draft. */
interface Drafted {
  /** Cache length before the drafted tokens; -1 when nothing was drafted. */
  readonly base: number;
  /** Undefined for a chain. */
  readonly tree:
    | {
        /** Tokens that were evaluated before the tree, in its first batch. */
        readonly caughtUp: number;
        /** For each node of the draft its place in the cache's open tree, if it was evaluated. */
        readonly places: readonly (number | undefined)[];
        readonly isOpen: boolean;
      }
    | undefined;
}

const nothingDrafted: Drafted = { base: -1, tree: undefined };
