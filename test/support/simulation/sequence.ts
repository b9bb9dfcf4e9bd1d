import {
  checkBatch,
  checkLength,
  type Evaluation,
  type TokenBatch,
  type TokenSequence,
} from "../../../src/decoding/sequence.ts";

/** Tokens of the simulated vocabulary; 0 ends a text, and no text has it. */
export const vocabularySize = 96;

/** What a simulated model says next, and how sure it is. */
export interface NextToken {
  readonly token: number;
  /** Probability, 0 … 1. */
  readonly q: number;
}

/** What a simulated sequence is opened with. */
export interface SimulatedModel {
  /** The token after so many tokens of the text; asked only where the cache holds that text. */
  readonly next: (position: number) => NextToken;
  /** The text that the cache is compared with. */
  readonly text: () => readonly number[];
  /** ms of a batch. */
  readonly batchMs: (tokens: number) => number;
  /** Lets time pass on the simulation's clock. */
  readonly wait: (ms: number) => void;
}

/**
 * A sequence that reads its next token from a table: chains only, and fast. Its time is that of a
 * clock that it moves itself. Once its cache has left the text, its tokens mean nothing.
 */
export class SimulatedSequence implements TokenSequence {
  readonly vocabularySize = vocabularySize;
  readonly capacity = 4096;
  readonly batchSize = 512;
  readonly maxOutputs = 512;
  readonly prefillChunk = 512;
  readonly maxBranches = 0;
  readonly canRollBack = true;
  readonly #model: SimulatedModel;
  readonly #tokens: number[] = [];
  readonly #row = new Float32Array(vocabularySize);
  /** Tokens before the last batch. */
  #base = 0;
  /** The text that `#same` is about. */
  #read: readonly number[] = [];
  /** Tokens at the start of the cache that are the text's. */
  #same = 0;

  constructor(model: SimulatedModel) {
    this.#model = model;
  }

  get tokens(): readonly number[] {
    return this.#tokens;
  }

  get settled(): number {
    return this.#tokens.length;
  }

  evaluate(batch: TokenBatch): Evaluation {
    checkBatch(this, batch);
    this.#model.wait(this.#model.batchMs(batch.tokens.length));
    const base = this.#tokens.length;
    this.#base = base;
    this.#tokens.push(...batch.tokens);
    const isText = this.#agreement() - base;
    const nextAt = (i: number): NextToken =>
      i < isText ? this.#model.next(base + i + 1) : { token: 2, q: 0.5 };
    return {
      logits: (i) => this.#logits(nextAt(i)),
      topTwo: (i) => ({ token: nextAt(i).token, gap: 1 }),
    };
  }

  grow(): Evaluation {
    throw new Error("a simulated sequence has no branches");
  }

  truncate(length: number): void {
    checkLength(this, length);
    this.#tokens.length = length;
    this.#base = length;
  }

  keep(path: readonly number[]): void {
    if (path.some((node, i) => node !== i)) throw new Error("a chain is kept from its start on");
    this.#tokens.length = this.#base + path.length;
    this.#base = this.#tokens.length;
  }

  #agreement(): number {
    const text = this.#model.text();
    if (text !== this.#read) [this.#read, this.#same] = [text, 0];
    this.#same = Math.min(this.#same, this.#base);
    while (this.#same < this.#tokens.length && this.#tokens[this.#same] === text[this.#same]) {
      this.#same++;
    }
    return this.#same;
  }

  /** One array for all: an output is read before the next one is asked for. */
  #logits({ token, q }: NextToken): Float32Array {
    const chance = Math.min(0.999, Math.max(q, 2 / vocabularySize));
    this.#row.fill(0);
    this.#row[token] = Math.log((chance / (1 - chance)) * (vocabularySize - 1));
    return this.#row;
  }
}
