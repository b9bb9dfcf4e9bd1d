/** A branch that is to begin: a sequence that shares the first tokens of another. */
export interface NewBranch {
  /** Id of the new sequence, 1 or more. */
  readonly sequence: number;
  /** The sequence that holds what they share. */
  readonly from: number;
  /** How many tokens behind the base they share. */
  readonly length: number;
}

/**
 * What was evaluated behind a cache since it was last cut, and which sequences hold it. A chain lies
 * in the main sequence, 0. Of a batch with branches each leaf has a sequence of its own, and a node
 * belongs to those of the leaves below it; what grows later goes on in its parent's sequence, or in
 * a new one where that is taken (as in llama.cpp's examples/speculative).
 */
export class OpenTree {
  readonly tokens: number[] = [];
  readonly parents: number[] = [];
  readonly #depths: number[] = [];
  readonly #sequences: (readonly number[])[] = [];
  /** Nodes whose sequence ends with them, so that one child may go on in it. */
  readonly #tips = new Set<number>();
  #branches = 0;
  #branched: boolean;

  /** Tokens in the cache before. */
  readonly base: number;

  constructor(base: number, branched: boolean) {
    this.base = base;
    this.#branched = branched;
  }

  /** Nodes evaluated so far. */
  get size(): number {
    return this.tokens.length;
  }

  /** Sequences in use beside the main one: 1 to this. */
  get branches(): number {
    return this.#branches;
  }

  /** True when there is anything outside the main sequence. */
  get branched(): boolean {
    return this.#branched;
  }

  /** Ids of the sequences that a node belongs to, 1 or more. */
  sequencesOf(node: number): readonly number[] {
    return this.#sequences[node] as readonly number[];
  }

  /** 0 for a node right behind the base. */
  depthOf(node: number): number {
    return this.#depths[node] as number;
  }

  /** Adds a first batch. @param leaves root-to-leaf paths, none for a chain */
  addBatch(
    tokens: readonly number[],
    parents: readonly number[],
    leaves: readonly (readonly number[])[],
  ): void {
    const sequences: number[][] = tokens.map(() => []);
    leaves.forEach((leaf, i) => {
      for (const node of leaf) sequences[node]?.push(i + 1);
      this.#tips.add(leaf.at(-1) as number);
    });
    tokens.forEach((token, i) => {
      this.#add(
        token,
        parents[i] as number,
        leaves.length === 0 ? main : (sequences[i] as number[]),
      );
    });
    this.#branches = leaves.length;
  }

  /** How many branches there will be when nodes with these parents are added. */
  branchesWith(parents: readonly number[]): number {
    const goingOn = new Set(parents.filter((parent) => this.#tips.has(parent))).size;
    return this.#branches + parents.length - goingOn;
  }

  /** Adds nodes below earlier ones; @returns the branches that must begin before they are decoded */
  addGrowth(tokens: readonly number[], parents: readonly number[]): NewBranch[] {
    const branches: NewBranch[] = [];
    this.#branched = true;
    tokens.forEach((token, i) => {
      const parent = parents[i] as number;
      const from = parent < 0 ? 0 : (this.sequencesOf(parent)[0] as number);
      const goesOn = this.#tips.delete(parent);
      const sequence = goesOn ? from : ++this.#branches;
      if (!goesOn)
        branches.push({ sequence, from, length: parent < 0 ? 0 : this.depthOf(parent) + 1 });
      this.#tips.add(this.size);
      this.#add(token, parent, [sequence]);
    });
    return branches;
  }

  #add(token: number, parent: number, sequences: readonly number[]): void {
    this.tokens.push(token);
    this.parents.push(parent);
    this.#depths.push(parent < 0 ? 0 : this.depthOf(parent) + 1);
    this.#sequences.push(sequences);
  }
}

const main: readonly number[] = [0];
