import type { Distribution } from "../decoding/distribution.ts";
import type { Draft, DraftRequest } from "../decoding/drafter.ts";
import type { MaybePromise } from "../decoding/sequence.ts";
import type { DraftOutputs } from "./draft-outputs.ts";

/** A drafted token of a tree that is being built. */
export interface TreeNode {
  readonly token: number;
  /** Index of its parent among the nodes; -1 below the last emitted token. */
  readonly parent: number;
  /** See `Draft.q`. */
  readonly q: number;
  /** The draft's probability of the whole path down to it: the product of all `q`. */
  readonly path: number;
  /** 0 for a child of the last emitted token. */
  readonly depth: number;
}

/** The draft model as a tree builder needs it. */
export interface TreeModel {
  readonly outputs: DraftOutputs;
  /** Nodes that may be evaluated in all. */
  readonly room: number;
  /**
   * Evaluates nodes below ones that were evaluated before.
   *
   * @returns for each node the logits after it, the same array where they are the same; valid until
   *   the next call
   */
  evaluate(nodes: readonly number[], tree: readonly TreeNode[]): MaybePromise<NodeLogits>;
}

/** Logits after the i-th of the evaluated nodes. */
export type NodeLogits = (i: number) => Float32Array;

/** What a builder made: the draft, and for each of its nodes the one of the tree it comes from. */
export interface BuiltTree {
  readonly draft: Draft;
  /** Entry i: index, in the tree that was handed to `TreeModel.evaluate`, of draft node i. */
  readonly nodes: readonly number[];
}

/** Whether anything may be drafted below a node. */
export function canGrow(node: TreeNode, { maxLength, isEog, pGrow }: DraftRequest): boolean {
  return node.depth + 1 < maxLength && node.path >= pGrow && !isEog(node.token);
}

/** A draft of the given nodes of a tree, in their order; parents must be among them. */
export function draftOf(
  tree: readonly TreeNode[],
  nodes: readonly number[],
  distributions: ReadonlyMap<number, Distribution> = new Map(),
): BuiltTree {
  const places = new Map(nodes.map((node, place) => [node, place]));
  const kept = nodes.map((node) => tree[node] as TreeNode);
  return {
    nodes,
    draft: {
      tokens: kept.map(({ token }) => token),
      parents: kept.map(({ parent }) => places.get(parent) ?? -1),
      q: kept.map(({ q }) => q),
      distributions: [-1, ...nodes].map((node) => distributions.get(node)),
    },
  };
}
