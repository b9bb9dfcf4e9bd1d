import type { Draft, DraftRequest } from "../decoding/drafter.ts";
import { isGreedy } from "../decoding/sampler.ts";
import type { Evaluation, TokenSequence } from "../decoding/sequence.ts";
import type { DraftOutputs } from "./draft-outputs.ts";
import type { TreeModel, TreeNode } from "./draft-tree.ts";
import { greedyTree } from "./greedy-tree.ts";
import { sampledTree } from "./sampled-tree.ts";

/** What a cache holds of a draft. */
export interface CachedDraft {
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

export const nothingCached: CachedDraft = { base: -1, tree: undefined };

/** Keeps of a draft what lies on `path`; returns how many of its tokens the cache holds then. */
export async function keepPath(
  sequence: TokenSequence,
  { base, tree }: CachedDraft,
  path: readonly number[],
): Promise<number> {
  if (base < 0) return 0;
  if (tree === undefined) {
    // A chain's nodes are its positions, and the cache holds all of them but the last.
    const kept = Math.min(path.length, sequence.tokens.length - base);
    await sequence.truncate(base + kept);
    return kept;
  }
  const held = path.map((node) => tree.places[node]).filter((place) => place !== undefined);
  if (tree.isOpen) await sequence.keep([...Array(tree.caughtUp).keys(), ...held]);
  return held.length;
}

/** A tree to draft behind a batch that brought a cache up to date. */
export interface CachedTreeOptions {
  readonly sequence: TokenSequence;
  readonly outputs: DraftOutputs;
  /** Logits after the last token of that batch. */
  readonly root: Float32Array;
  /** Tokens of that batch. */
  readonly caughtUp: number;
  /** What is read in the place of nodes, where the model is fed with vectors. */
  readonly inputs?: (nodes: readonly number[], tree: readonly TreeNode[]) => Float32Array[];
  /** Is shown the outputs of each level before the next one is evaluated. */
  readonly evaluated?: (nodes: readonly number[], outputs: Evaluation) => void;
}

/** Drafts a tree whose levels are evaluated in the cache, one batch a level; `levels` has their sizes. */
export async function treeInCache(
  options: CachedTreeOptions,
  request: DraftRequest,
): Promise<{ readonly draft: Draft; readonly cached: CachedDraft; readonly levels: number[] }> {
  const { sequence, outputs, root, caughtUp, inputs, evaluated } = options;
  const base = sequence.tokens.length;
  // By node its index in the cache's open tree, where it was evaluated.
  const places = new Map<number, number>();
  let next = caughtUp;
  const levels: number[] = [];
  const model: TreeModel = {
    outputs,
    // A level may be displaced by the next one, so more may be evaluated than is drafted.
    room: Math.min(sequence.capacity - base, sequence.maxBranches),
    evaluate: async (nodes, tree) => {
      const level = nodes.map((node) => tree[node] as TreeNode);
      levels.push(level.length);
      const grown = await sequence.grow({
        tokens: level.map(({ token }) => token),
        parents: level.map(({ parent }) => places.get(parent) ?? caughtUp - 1),
        ...(inputs && { inputs: inputs(nodes, tree) }),
        outputs: "all",
        need: "logits",
      });
      for (const node of nodes) places.set(node, next++);
      evaluated?.(nodes, grown);
      return (i) => grown.logits(i);
    },
  };
  const grow = isGreedy(request.sampler) ? greedyTree : sampledTree;
  const { draft, nodes } = await grow(() => root, model, request);
  const tree = {
    caughtUp,
    places: nodes.map((node) => places.get(node)),
    isOpen: next > caughtUp,
  };
  return { draft, cached: { base, tree }, levels };
}
