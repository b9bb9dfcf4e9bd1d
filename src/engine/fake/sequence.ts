import { topTwo } from "../../decoding/logits.ts";
import {
  chainParents,
  checkBatch,
  checkGrowth,
  checkLength,
  checkPath,
  type Evaluation,
  type GrowthBatch,
  type TokenBatch,
  type TokenSequence,
} from "../../decoding/sequence.ts";
import { fakeLogits } from "./language.ts";
import type { FakeModelSpec } from "./spec.ts";

/** What a fake sequence is opened with. */
export interface FakeSequenceOptions {
  readonly spec: FakeModelSpec;
  readonly capacity: number;
  readonly maxBranches: number;
  /** Lets the given number of milliseconds pass: really, or on a test's clock. */
  readonly wait: (ms: number) => void;
}

/** What was evaluated since the cache was last cut. */
interface OpenBatch {
  readonly tokens: readonly number[];
  readonly parents: readonly number[];
  /** Cache length before the batch. */
  readonly base: number;
}

/**
 * A sequence of the toy language. Stricter than a real one: outputs that were not asked for or are
 * out of date cannot be read, and after a batch with branches only `grow` and `keep` are allowed.
 */
export class FakeSequence implements TokenSequence {
  readonly vocabularySize: number;
  readonly capacity: number;
  readonly batchSize = 512;
  readonly maxOutputs = 64;
  readonly prefillChunk = 16;
  readonly maxBranches: number;
  readonly #options: FakeSequenceOptions;
  #tokens: number[] = [];
  #batch: OpenBatch | undefined;
  #branched = false;
  #generation = 0;

  constructor(options: FakeSequenceOptions) {
    this.#options = options;
    this.vocabularySize = options.spec.vocabularySize;
    this.capacity = options.capacity;
    this.maxBranches = options.maxBranches;
  }

  get tokens(): readonly number[] {
    return this.#tokens;
  }

  evaluate(batch: TokenBatch): Evaluation {
    if (this.#branched) throw new Error("a batch with branches waits for keep");
    checkBatch(this, batch);
    const parents = batch.parents ?? chainParents(batch.tokens.length);
    this.#batch = { tokens: [], parents: [], base: this.#tokens.length };
    this.#branched = parents.some((parent, i) => parent !== i - 1);
    return this.#add(batch, parents);
  }

  grow(batch: GrowthBatch): Evaluation {
    if (this.#batch === undefined) throw new Error("there is no batch to grow from");
    checkGrowth(this, batch, this.#batch.tokens.length);
    this.#branched = true;
    return this.#add(batch, batch.parents);
  }

  truncate(length: number): void {
    if (this.#branched) throw new Error("a batch with branches waits for keep");
    checkLength(this, length);
    this.#tokens = this.#tokens.slice(0, length);
    this.#batch = undefined;
  }

  keep(path: readonly number[]): void {
    if (this.#batch === undefined) throw new Error("there is no batch to keep from");
    const { tokens, parents, base } = this.#batch;
    checkPath(path, parents);
    this.#tokens = [...this.#tokens.slice(0, base), ...path.map((i) => tokens[i] as number)];
    this.#branched = false;
    this.#batch = undefined;
  }

  #add(batch: TokenBatch, parents: readonly number[]): Evaluation {
    const { stepMs, tokenMs } = this.#options.spec;
    const cost = stepMs + tokenMs * (batch.tokens.length - 1);
    if (cost > 0) this.#options.wait(cost);
    const open = this.#batch as OpenBatch;
    const first = open.tokens.length;
    this.#batch = {
      tokens: [...open.tokens, ...batch.tokens],
      parents: [...open.parents, ...parents],
      base: open.base,
    };
    this.#tokens = [...this.#tokens, ...batch.tokens];
    return this.#outputs(batch, first, ++this.#generation);
  }

  #outputs(batch: TokenBatch, first: number, generation: number): Evaluation {
    const logitsAt = (i: number): Float32Array => {
      const wanted = batch.outputs === "all" || i === batch.tokens.length - 1;
      if (generation !== this.#generation) throw new Error("these outputs are out of date");
      if (batch.outputs === "none" || !wanted || batch.tokens[i] === undefined) {
        throw new Error(`output ${i} was not asked for`);
      }
      return rows[i] as Float32Array;
    };
    const rows =
      batch.outputs === "none" ? [] : batch.tokens.map((_, i) => this.#logits(first + i));
    return {
      logits: (i) => {
        if (batch.need === "greedy") throw new Error("only the greedy choice was asked for");
        return logitsAt(i);
      },
      topTwo: (i) => topTwo(logitsAt(i)),
    };
  }

  #logits(i: number): Float32Array {
    const batch = this.#batch as OpenBatch;
    const parent = batch.parents[i] as number;
    const previous = parent < 0 ? this.#tokens[batch.base - 1] : batch.tokens[parent];
    const out = new Float32Array(this.vocabularySize);
    fakeLogits(this.#options.spec, previous ?? -1, batch.tokens[i] as number, out);
    return out;
  }
}
