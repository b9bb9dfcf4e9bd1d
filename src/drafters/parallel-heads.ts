import type { DraftHeads } from "../decoding/draft-heads.ts";
import {
  type Draft,
  type DraftRequest,
  emptyDraft,
  type RoundOutcome,
} from "../decoding/drafter.ts";
import { isGreedy } from "../decoding/sampler.ts";
import { ChainBuilder } from "./draft-chain.ts";
import type { DraftOutputs } from "./draft-outputs.ts";
import type { NodeLogits, TreeModel, TreeNode } from "./draft-tree.ts";
import { greedyTree } from "./greedy-tree.ts";
import { addTo, type HeadsProposer, outputsOf } from "./heads-proposer.ts";
import { sampledTree } from "./sampled-tree.ts";

/**
 * Heads that all read the state of the last emitted token: one batch gives the candidates of every
 * depth, and all nodes of a depth have the same ones (Cai et al. 2024, section 2.1).
 */
export class ParallelHeads implements HeadsProposer {
  readonly #heads: DraftHeads;
  readonly #outputs: DraftOutputs;
  readonly #chains: ChainBuilder;
  /** What each head reads. */
  readonly #inputs: readonly Float32Array[];
  readonly #state: Float32Array;
  #knowsState = false;
  /** Their one batch reads no text. */
  readonly unread = 0;

  constructor(heads: DraftHeads) {
    this.#heads = heads;
    this.#outputs = outputsOf(heads);
    this.#chains = new ChainBuilder(this.#outputs);
    this.#inputs = Array.from({ length: heads.count }, () => new Float32Array(heads.width));
    this.#state = new Float32Array(heads.width);
  }

  async begin(): Promise<void> {
    this.#knowsState = false;
    await this.#heads.sequence.truncate(0);
  }

  async propose(request: DraftRequest): Promise<Draft> {
    if (!this.#knowsState) return emptyDraft;
    const depth = Math.min(request.maxLength, request.maxSize);
    const logits = await this.#evaluate(depth);
    const batches = [depth];
    if (!request.tree || request.topK === 1) {
      const next = (_: number, place: number) => logits(place + 1);
      return { ...(await this.#chains.chain(logits(0), next, depth, request)), batches };
    }
    const model: TreeModel = {
      outputs: this.#outputs,
      room: Number.POSITIVE_INFINITY,
      evaluate: (nodes, tree) => (i) => logits((tree[nodes[i] as number] as TreeNode).depth + 1),
    };
    const grow = isGreedy(request.sampler) ? greedyTree : sampledTree;
    return { ...(await grow(logits, model, request)).draft, batches };
  }

  async observe(emitted: readonly number[], states: RoundOutcome["states"]): Promise<void> {
    this.#knowsState = states !== undefined;
    if (states !== undefined) this.#state.set(states(emitted.length - 1));
  }

  /** Logits by depth. Nothing stays in the cache: the rows are of no use to later ones. */
  async #evaluate(depth: number): Promise<NodeLogits> {
    const { sequence } = this.#heads;
    const inputs = this.#inputs.slice(0, depth);
    inputs.forEach((input, head) => {
      input.set(this.#state);
      addTo(input, this.#heads.offset(head));
    });
    const outputs = await sequence.evaluate({
      tokens: inputs.map(() => 0),
      parents: inputs.map(() => -1),
      inputs,
      outputs: "all",
      need: "logits",
    });
    await sequence.keep([]);
    // The same array each time: builders look a level's candidates up once.
    const rows = inputs.map((_, i) => outputs.logits(i));
    return (i) => rows[i] as Float32Array;
  }
}
