import { type CandidatePool, drawFrom } from "./beside-text.ts";
import type { DraftBounds, Recording, ReplayedDraft } from "./recording.ts";

/** How a tree may be made. */
export interface TreeBounds extends DraftBounds {
  /** Most tokens in all. */
  readonly maxSize: number;
  /** Candidates at each place, 2 or more; 0 keeps all. */
  readonly topK: number;
  /** Nodes that may be evaluated. */
  readonly room: number;
}

/** A node: where it stands, and whether the text goes that way. */
interface Node {
  readonly path: number;
  readonly depth: number;
  readonly onText: boolean;
  readonly ends: boolean;
}

/**
 * The tree that a draft model makes at temperature 0 (`greedyTree`), as far as a record tells. What
 * the target accepts depends only on which nodes lie on the text, and a node's place in the tree on
 * its path probability against those of all others. Candidates beside the text are on record with
 * their probabilities. What stands below those is not: it is never accepted, and its probabilities
 * are drawn from those of other places. So trees of depth 1 are exact, and deeper ones as near as
 * the draft is as sure of itself below a wrong branch as elsewhere.
 */
export function modelTree(
  recording: Recording,
  pool: CandidatePool,
  bounds: TreeBounds,
): ReplayedDraft {
  const { maxLength, maxSize, pMin } = bounds;
  const tree = candidatesOf(recording, pool, bounds, undefined);
  const levels: number[] = [];
  let room = bounds.room;
  let evaluatedDepth = 0;
  for (let depth = 0; depth + 1 < maxLength; depth++) {
    const growing = likeliest(tree, maxSize)
      .filter((node) => node.depth === depth && node.path >= pMin && !node.ends)
      .slice(0, room);
    if (growing.length === 0) break;
    room -= growing.length;
    levels.push(growing.length);
    if (growing.some(({ onText }) => onText)) evaluatedDepth = depth + 1;
    for (const node of growing) tree.push(...candidatesOf(recording, pool, bounds, node));
  }
  const kept = likeliest(tree, maxSize);
  // One node of a level at most lies on the text, and with it all that are above it.
  const accepted = kept.filter(({ onText }) => onText).length;
  return {
    size: kept.length,
    accepted,
    held: Math.min(accepted, evaluatedDepth),
    steps: 0,
    levels,
  };
}

function candidatesOf(
  { positions, tokens, ends }: Recording,
  pool: CandidatePool,
  { from, maxSize, topK, pMin }: TreeBounds,
  below: Node | undefined,
): Node[] {
  const depth = below === undefined ? 0 : below.depth + 1;
  const known = below === undefined || below.onText ? positions[from + depth] : undefined;
  if (known === undefined && (below === undefined || below.onText)) return [];
  const q = known?.q ?? drawFrom(pool, from + depth, (below as Node).path);
  const count = Math.min(topK === 0 ? maxSize : topK, maxSize, q.length);
  const nodes: Node[] = [];
  for (let i = 0; i < count; i++) {
    const path = (below?.path ?? 1) * (q[i] as number);
    if (path < pMin) break;
    const id = known?.ids[i];
    const onText = id !== undefined && id === tokens[from + depth];
    nodes.push({ path, depth, onText, ends: id !== undefined && ends.includes(id) });
  }
  return nodes;
}

/** The nodes with the most probable paths, of equal ones those that were found first. */
function likeliest(tree: readonly Node[], count: number): Node[] {
  // Sorting keeps the order of equal ones.
  return [...tree].sort((a, b) => b.path - a.path).slice(0, count);
}
