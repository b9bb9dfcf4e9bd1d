import {
  createDistribution,
  type Distribution,
  probabilityOf,
  reserve,
  sample,
} from "../decoding/distribution.ts";
import type { DraftRequest } from "../decoding/drafter.ts";
import { type DraftOutputs, drawableTokens } from "./draft-outputs.ts";
import {
  type BuiltTree,
  canGrow,
  draftOf,
  type NodeLogits,
  type TreeModel,
  type TreeNode,
} from "./draft-tree.ts";

/**
 * How probable a drafted token's first child is taken to be before its logits are known. It shapes
 * the tree, deep or wide, and nothing else.
 */
const expectedConfidence = 0.7;

/**
 * A tree whose children are drawn from the draft's filtered distribution without replacement, at
 * most k below a node, with `maxSize` tokens where they are likeliest to be accepted.
 *
 * Recursive rejection sampling is exact only if nothing that is known of a token decides whether it
 * is drawn (SpecInfer, Miao et al. 2024; Yang et al. 2024). So places are given out, not tokens: the
 * next place below a node is worth the node's path probability times what its children so far have
 * left of the distribution, and a token, once drawn, stays. Places on the next level, whose
 * distributions are not known yet, are set aside at what they are expected to be worth.
 *
 * @param root logits after the last emitted token
 */
export async function sampledTree(
  root: NodeLogits,
  model: TreeModel,
  request: DraftRequest,
): Promise<BuiltTree> {
  const builder = new SampledTree(request, model.outputs);
  let level = builder.drawBelow([-1], root);
  while (level.length > 0) {
    level = builder.drawBelow(level, await model.evaluate(level, builder.tree));
  }
  return builder.built();
}

/** A place in the tree that could be taken, and what it is worth. */
type Place =
  | { readonly type: "draw"; readonly worth: number; readonly below: Drawing }
  | { readonly type: "set-aside"; readonly worth: number; readonly node: number; depth: number };

/** A node whose children are being drawn. */
interface Drawing {
  readonly node: number;
  readonly from: Distribution;
  /** What was not drawn yet; not renormalised. */
  readonly left: Distribution;
  /** Probability of what was not drawn yet. */
  mass: number;
  children: number;
}

/** The tree so far, level by level; apart from the model, so that every draw can be enumerated. */
export class SampledTree {
  readonly tree: TreeNode[] = [];
  /** By node, -1 for the root: what its children were drawn from. */
  readonly #distributions = new Map<number, Distribution>();
  readonly #request: DraftRequest;
  readonly #outputs: DraftOutputs;

  constructor(request: DraftRequest, outputs: DraftOutputs) {
    this.#request = request;
    this.#outputs = outputs;
  }

  /** Draws children below the nodes of one level; returns the drawn ones to evaluate next. */
  drawBelow(level: readonly number[], logits: NodeLogits): number[] {
    let read: Float32Array | undefined;
    let from: Distribution | undefined;
    const places: Place[] = level.map((node, i) => {
      const row = logits(i);
      if (from === undefined || row !== read) from = this.#distribution(row);
      read = row;
      return { type: "draw", worth: this.#pathOf(node), below: this.#drawing(node, from) };
    });
    const next = new Set<number>();
    let room = this.#request.maxSize - this.tree.length;
    while (room > 0) {
      const place = takeWorthiest(places);
      if (place === undefined) break;
      room--;
      if (place.type === "draw") this.#draw(place.below, places);
      else this.#setAside(place, places, next);
    }
    return [...next];
  }

  built(): BuiltTree {
    return draftOf(this.tree, [...this.tree.keys()], this.#distributions);
  }

  #distribution(logits: Float32Array): Distribution {
    return drawableTokens(logits, this.#outputs, this.#request, createDistribution());
  }

  #drawing(node: number, from: Distribution): Drawing {
    this.#distributions.set(node, from);
    return { node, from, left: copyOf(from), mass: 1, children: 0 };
  }

  #draw(below: Drawing, places: Place[]): void {
    const { random, topK } = this.#request;
    const { node: parent, from, left } = below;
    const token = sample(left, (): number => random() * below.mass);
    const q = probabilityOf(from, token);
    const path = this.#pathOf(parent) * q;
    const depth = parent < 0 ? 0 : (this.tree[parent] as TreeNode).depth + 1;
    const node = this.tree.push({ token, parent, q, path, depth }) - 1;
    takeOut(left, token);
    below.children++;
    below.mass = left.size === 0 ? 0 : sumOf(left);
    if (below.mass > 0 && (topK === 0 || below.children < topK)) {
      places.push({ type: "draw", worth: this.#pathOf(parent) * below.mass, below });
    }
    if (canGrow(this.tree[node] as TreeNode, this.#request)) {
      places.push({ type: "set-aside", worth: path, node, depth: depth + 1 });
    }
  }

  #setAside(
    place: Extract<Place, { type: "set-aside" }>,
    places: Place[],
    next: Set<number>,
  ): void {
    next.add(place.node);
    const depth = place.depth + 1;
    if (depth >= this.#request.maxLength) return;
    places.push({ ...place, worth: place.worth * expectedConfidence, depth });
  }

  #pathOf(node: number): number {
    return node < 0 ? 1 : (this.tree[node] as TreeNode).path;
  }
}

/** The first of the worthiest places, taken out of the list. */
function takeWorthiest(places: Place[]): Place | undefined {
  let best = 0;
  places.forEach(({ worth }, i) => {
    if (worth > (places[best] as Place).worth) best = i;
  });
  return places.splice(best, 1)[0];
}

function copyOf({ ids, probs, size }: Distribution): Distribution {
  const copy = createDistribution(size);
  reserve(copy, size);
  copy.ids.set(ids.subarray(0, size));
  copy.probs.set(probs.subarray(0, size));
  copy.size = size;
  return copy;
}

function takeOut(distribution: Distribution, token: number): void {
  const { ids, probs, size } = distribution;
  const at = ids.indexOf(token);
  ids.copyWithin(at, at + 1, size);
  probs.copyWithin(at, at + 1, size);
  distribution.size = size - 1;
}

function sumOf({ probs, size }: Distribution): number {
  let sum = 0;
  for (let i = 0; i < size; i++) sum += probs[i] as number;
  return sum;
}
