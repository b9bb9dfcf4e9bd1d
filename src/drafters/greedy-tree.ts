import { createDistribution } from "../decoding/distribution.ts";
import type { DraftRequest } from "../decoding/drafter.ts";
import { type DraftOutputs, likeliestTokens } from "./draft-outputs.ts";
import {
  type BuiltTree,
  canGrow,
  draftOf,
  type NodeLogits,
  type TreeModel,
  type TreeNode,
} from "./draft-tree.ts";

/**
 * The `maxSize` likeliest tokens of the draft's tree of top-k candidates, at most `maxLength` deep,
 * by path probability (as EAGLE-2 grows its tree, Li et al. 2024, section 4). Each level is evaluated
 * in one batch, and of a level only what may still have a child among the likeliest.
 *
 * The candidates are chosen without chance, so leaving some out changes no distribution.
 *
 * @param root logits after the last emitted token
 */
export async function greedyTree(
  root: NodeLogits,
  model: TreeModel,
  request: DraftRequest,
): Promise<BuiltTree> {
  const { maxLength, maxSize } = request;
  const tree: TreeNode[] = nodesBelow(select(root(0), model.outputs, request), -1, [], request);
  let room = model.room;
  for (let depth = 0; depth + 1 < maxLength; depth++) {
    const growing = likeliest(tree, maxSize).filter((node) => {
      const { depth: at } = tree[node] as TreeNode;
      return at === depth && canGrow(tree[node] as TreeNode, request);
    });
    const level = growing.slice(0, room);
    if (level.length === 0) break;
    room -= level.length;
    const logits = await model.evaluate(level, tree);
    let read: Float32Array | undefined;
    let selection: Selection | undefined;
    level.forEach((node, i) => {
      const row = logits(i);
      if (selection === undefined || row !== read) selection = select(row, model.outputs, request);
      read = row;
      tree.push(...nodesBelow(selection, node, tree, request));
    });
  }
  return draftOf(
    tree,
    likeliest(tree, maxSize).sort((a, b) => a - b),
  );
}

/** The top-k tokens of one output; they lie in the scratch memory. */
interface Selection {
  readonly count: number;
  /** Probability of the likeliest over the whole vocabulary. */
  readonly best: number;
}

function select(
  logits: Float32Array,
  outputs: DraftOutputs,
  { topK, maxSize }: DraftRequest,
): Selection {
  const count = Math.min(topK === 0 ? maxSize : topK, maxSize, outputs.size);
  const best = likeliestTokens(logits, outputs, count, selected);
  return { count: selected.size, best };
}

/** What was selected, as nodes below one, with their probabilities over the whole vocabulary. */
function nodesBelow(
  { count, best }: Selection,
  parent: number,
  tree: readonly TreeNode[],
  { pMin }: DraftRequest,
): TreeNode[] {
  const below = tree[parent];
  const { ids, probs } = selected;
  const nodes: TreeNode[] = [];
  for (let i = 0; i < count; i++) {
    const q = best * Math.exp((probs[i] as number) - (probs[0] as number));
    const path = (below?.path ?? 1) * q;
    if (path < pMin) break;
    const depth = below === undefined ? 0 : below.depth + 1;
    nodes.push({ token: ids[i] as number, parent, q, path, depth });
  }
  return nodes;
}

/** Scratch memory; nothing in it outlives the next selection. */
const selected = createDistribution();

/** The nodes with the most probable paths. A parent is never less probable than its child. */
function likeliest(tree: readonly TreeNode[], count: number): number[] {
  const byPath = [...tree.keys()].sort(
    (a, b) => (tree[b] as TreeNode).path - (tree[a] as TreeNode).path || a - b,
  );
  return byPath.slice(0, count);
}
