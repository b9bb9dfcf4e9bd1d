import type { Draft, Drafter, DraftRequest, RoundOutcome } from "../decoding/drafter.ts";
import type { PrefillStep } from "../decoding/prefill.ts";
import { canGrow, draftOf, type TreeNode } from "./draft-tree.ts";
import { NgramIndex, type Run } from "./ngram-index.ts";

/** Settings of prompt lookup. */
export interface NgramOptions {
  /** Fewest tokens at the end of the text that must have occurred before, 1 or more. */
  readonly min: number;
  /** Most tokens that are compared; the longest match counts. */
  readonly max: number;
}

/**
 * Proposes what followed the last tokens earlier in the text (prompt lookup decoding, Saxena 2023):
 * no model at all, and strong where the answer repeats the prompt. At every position the longest
 * match counts; where what followed it most often and what followed it last differ, both are
 * candidates of a tree.
 */
export class NgramDrafter implements Drafter {
  readonly name = "ngram";
  readonly free = true;
  readonly #options: NgramOptions;
  #index: NgramIndex;
  /** What the index holds. */
  #text: number[] = [];

  constructor(options: NgramOptions) {
    this.#options = options;
    this.#index = new NgramIndex(options.max);
  }

  /** Indexing is no evaluation: there is no progress to tell of. */
  async *begin(prompt: readonly number[]): AsyncGenerator<PrefillStep, void, void> {
    const goesOn = this.#text.every((token, i) => prompt[i] === token);
    if (!goesOn) {
      this.#index = new NgramIndex(this.#options.max);
      this.#text = [];
    }
    this.#add(prompt.slice(this.#text.length));
  }

  propose(request: DraftRequest): Draft {
    const tree: TreeNode[] = [];
    const open: Place[] = this.#candidates(this.#index.ending(), undefined, -1, request);
    while (tree.length < request.maxSize) {
      const place = takeLikeliest(open);
      if (place === undefined) break;
      const { node, ending } = place;
      const at = tree.push(node) - 1;
      if (!canGrow(node, request)) continue;
      open.push(...this.#candidates(this.#index.followed(ending, node.token), node, at, request));
    }
    return draftOf(tree, [...tree.keys()]).draft;
  }

  observe({ emitted }: RoundOutcome): void {
    this.#add(emitted);
  }

  #add(tokens: readonly number[]): void {
    for (const token of tokens) {
      this.#index.add(token);
      this.#text.push(token);
    }
  }

  /** What may follow the longest match; probabilities are shares of what followed it. */
  #candidates(
    ending: readonly Run[],
    below: TreeNode | undefined,
    parent: number,
    { tree, topK, pMin }: DraftRequest,
  ): Place[] {
    const run = this.#longestMatch(ending);
    if (run === undefined) return [];
    const width = tree ? topK || Number.POSITIVE_INFINITY : 1;
    const followers = this.#index.followers(run);
    return this.#index
      .continuations(run)
      .slice(0, width)
      .map(({ token, count }) => {
        const q = count / followers;
        const depth = below === undefined ? 0 : below.depth + 1;
        const node = { token, parent, q, path: (below?.path ?? 1) * q, depth };
        return { node, ending };
      })
      .filter(({ node }) => node.path >= pMin);
  }

  /** The longest run at the end that something has followed. */
  #longestMatch(ending: readonly Run[]): Run | undefined {
    for (let n = ending.length - 1; n >= this.#options.min; n--) {
      const run = ending[n] as Run;
      if (this.#index.followers(run) > 0) return run;
    }
    return undefined;
  }
}

/** A token that may be drafted, and the runs that stand before it. */
interface Place {
  readonly node: TreeNode;
  readonly ending: readonly Run[];
}

/** The first of the likeliest places, taken out of the list. */
function takeLikeliest(places: Place[]): Place | undefined {
  let best = 0;
  places.forEach(({ node }, i) => {
    if (node.path > (places[best] as Place).node.path) best = i;
  });
  return places.splice(best, 1)[0];
}
