/** What followed a run of tokens earlier in the text. */
export interface Continuation {
  readonly token: number;
  /** How often it followed. */
  readonly count: number;
}

/** A run of tokens in the index; 0 is the empty run. */
export type Run = number;

/**
 * All runs of up to `longest + 1` tokens of a growing text, as a trie. A run's children are the
 * tokens that followed it. A token that is added ends one run of each length, and each is the child
 * of the run that ended a token earlier: so an addition takes a constant number of look-ups, however
 * long the text is, and nothing is ever scanned again.
 */
export class NgramIndex {
  readonly #longest: number;
  /** By run and next token: the longer run. */
  readonly #children = new Map<number, Run>();
  /** By run: its last token, how often it occurred, and what followed it last and most often. */
  #token = new Int32Array(1024);
  #count = new Int32Array(1024);
  #newest = new Int32Array(1024);
  #commonest = new Int32Array(1024);
  #runs = 1;
  #length = 0;
  /** Entry n: the run of the last n tokens. */
  #ending: Run[] = [0];

  /** @param longest most tokens that are compared, 1 or more */
  constructor(longest: number) {
    this.#longest = longest;
  }

  /** Tokens in the text. */
  get length(): number {
    return this.#length;
  }

  add(token: number): void {
    const ending: Run[] = [0];
    this.#ending.forEach((run, n) => {
      const longer = this.#childOrNew(run, token);
      this.#count[longer] = (this.#count[longer] as number) + 1;
      this.#newest[run] = longer;
      const commonest = this.#commonest[run] as number;
      // Of equally frequent ones the later counts.
      if ((this.#count[longer] as number) >= (this.#count[commonest] as number)) {
        this.#commonest[run] = longer;
      }
      if (n < this.#longest) ending.push(longer);
    });
    this.#ending = ending;
    this.#length++;
  }

  /** The runs that the text ends with, entry n the one of n tokens. */
  ending(): readonly Run[] {
    return this.#ending;
  }

  /** The runs that a text would end with if `token` followed one that ends with `ending`. */
  followed(ending: readonly Run[], token: number): readonly Run[] {
    const next: Run[] = [0];
    for (let n = 0; n < Math.min(ending.length, this.#longest); n++) {
      const longer = this.#child(ending[n] as Run, token);
      // A run that never occurred has no longer one that did.
      if (longer === undefined) break;
      next.push(longer);
    }
    return next;
  }

  /** What followed a run: the most frequent, then the most recent if it is another. */
  continuations(run: Run): readonly Continuation[] {
    const commonest = this.#commonest[run] as number;
    const newest = this.#newest[run] as number;
    if (commonest === 0) return [];
    const runs = commonest === newest ? [commonest] : [commonest, newest];
    return runs.map((child) => ({
      token: this.#token[child] as number,
      count: this.#count[child] as number,
    }));
  }

  /** How often anything followed a run. */
  followers(run: Run): number {
    // The end of the text is an occurrence that nothing has followed yet.
    const open = this.#ending.includes(run) ? 1 : 0;
    return run === 0 ? this.#length : (this.#count[run] as number) - open;
  }

  #child(run: Run, token: number): Run | undefined {
    return this.#children.get(keyOf(run, token));
  }

  #childOrNew(run: Run, token: number): Run {
    const known = this.#child(run, token);
    if (known !== undefined) return known;
    const made = this.#runs++;
    if (made === this.#token.length) this.#enlarge();
    this.#token[made] = token;
    this.#children.set(keyOf(run, token), made);
    return made;
  }

  #enlarge(): void {
    this.#token = doubled(this.#token);
    this.#count = doubled(this.#count);
    this.#newest = doubled(this.#newest);
    this.#commonest = doubled(this.#commonest);
  }
}

/** Vocabularies stay below 2^21 tokens, and runs below 2^32: exact in a double. */
function keyOf(run: Run, token: number): number {
  return run * 0x20_0000 + token;
}

function doubled(array: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(array.length * 2);
  larger.set(array);
  return larger;
}
