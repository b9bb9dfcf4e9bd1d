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

/** What a model made of a token where it stands. */
export interface FakeRow {
  logits(): Float32Array;
  /** Its final hidden state; absent where the model has none. */
  readonly state?: Float32Array;
}

/** A model, one token at a time. */
export interface FakeReader<Row extends FakeRow = FakeRow> {
  readonly vocabularySize: number;
  /** See `TokenSequence.inputWidth`. */
  readonly inputWidth?: number;
  /**
   * Reads a token.
   *
   * @param before what was made of the one before it; undefined at the beginning of a cache
   * @param input what is read in its place, where the model is fed with vectors
   */
  read(token: number, before: Row | undefined, input: Float32Array | undefined): Row;
}

/** What a fake sequence is opened with. */
export interface FakeSequenceOptions<Row extends FakeRow> {
  readonly reader: FakeReader<Row>;
  /** Time of a batch of one token, and of each further one, in ms. */
  readonly costs: { readonly stepMs: number; readonly tokenMs: number };
  readonly capacity: number;
  readonly maxBranches: number;
  /** Whether hidden states can be read. */
  readonly hiddenStates: boolean;
  /** See `TokenSequence.canRollBack`; true unless told. */
  readonly canRollBack?: boolean;
  /** Lets the given number of milliseconds pass: really, or on a test's clock. */
  readonly wait: (ms: number) => void;
}

/** What was evaluated since the cache was last cut. */
interface OpenBatch<Row> {
  readonly tokens: readonly number[];
  readonly rows: readonly Row[];
  readonly parents: readonly number[];
  /** Cache length before the batch. */
  readonly base: number;
}

/**
 * A sequence of a fake model. Stricter than a real one: outputs that were not asked for or are out of
 * date cannot be read, a hidden state that was not copied turns into NaN with the next batch, and
 * after a batch with branches only `grow`, `keep` and what drops it are allowed.
 */
export class FakeSequence<Row extends FakeRow = FakeRow> implements TokenSequence {
  readonly vocabularySize: number;
  readonly inputWidth: number | undefined;
  readonly capacity: number;
  readonly batchSize = 512;
  readonly maxOutputs = 64;
  readonly prefillChunk = 16;
  readonly maxBranches: number;
  readonly canRollBack: boolean;
  readonly #options: FakeSequenceOptions<Row>;
  #tokens: number[] = [];
  #rows: Row[] = [];
  #batch: OpenBatch<Row> | undefined;
  #branched = false;
  #generation = 0;
  #states: Float32Array[] = [];

  constructor(options: FakeSequenceOptions<Row>) {
    this.#options = options;
    this.vocabularySize = options.reader.vocabularySize;
    this.inputWidth = options.reader.inputWidth;
    this.capacity = options.capacity;
    this.maxBranches = options.maxBranches;
    this.canRollBack = options.canRollBack ?? true;
  }

  get tokens(): readonly number[] {
    return this.#tokens;
  }

  get settled(): number {
    return this.#branched ? (this.#batch as OpenBatch<Row>).base : this.#tokens.length;
  }

  /** What the cache holds of the model's reading, by token. */
  get rows(): readonly Row[] {
    return this.#rows;
  }

  evaluate(batch: TokenBatch): Evaluation {
    if (this.#branched) throw new Error("a batch with branches waits for keep");
    checkBatch(this, batch);
    this.#takeTime(batch);
    const parents = batch.parents ?? chainParents(batch.tokens.length);
    this.#batch = { tokens: [], rows: [], parents: [], base: this.#tokens.length };
    this.#branched = parents.some((parent, i) => parent !== i - 1);
    return this.#add(batch, parents);
  }

  grow(batch: GrowthBatch): Evaluation {
    if (this.#batch === undefined) throw new Error("there is no batch to grow from");
    checkGrowth(this, batch, this.#batch.tokens.length);
    this.#takeTime(batch);
    this.#branched = true;
    return this.#add(batch, batch.parents);
  }

  truncate(length: number): void {
    checkLength(this, length);
    this.#branched = false;
    this.#tokens = this.#tokens.slice(0, length);
    this.#rows = this.#rows.slice(0, length);
    this.#batch = undefined;
  }

  keep(path: readonly number[]): void {
    if (this.#batch === undefined) throw new Error("there is no batch to keep from");
    const { tokens, rows, parents, base } = this.#batch;
    checkPath(path, parents);
    this.#tokens = [...this.#tokens.slice(0, base), ...path.map((i) => tokens[i] as number)];
    this.#rows = [...this.#rows.slice(0, base), ...path.map((i) => rows[i] as Row)];
    this.#branched = false;
    this.#batch = undefined;
  }

  /** Where waiting throws, nothing was evaluated. */
  #takeTime({ tokens }: TokenBatch): void {
    const { costs, wait } = this.#options;
    const ms = costs.stepMs + costs.tokenMs * (tokens.length - 1);
    if (ms > 0) wait(ms);
  }

  #add(batch: TokenBatch, parents: readonly number[]): Evaluation {
    const { reader } = this.#options;
    const open = this.#batch as OpenBatch<Row>;
    const rows = [...open.rows];
    batch.tokens.forEach((token, i) => {
      const parent = parents[i] as number;
      const before = parent < 0 ? this.#rows[open.base - 1] : rows[parent];
      rows.push(reader.read(token, before, batch.inputs?.[i]));
    });
    const added = rows.slice(open.rows.length);
    this.#batch = {
      tokens: [...open.tokens, ...batch.tokens],
      rows,
      parents: [...open.parents, ...parents],
      base: open.base,
    };
    this.#tokens = [...this.#tokens, ...batch.tokens];
    this.#rows = [...this.#rows, ...added];
    return this.#outputs(batch, added, ++this.#generation);
  }

  #outputs(batch: TokenBatch, added: readonly Row[], generation: number): Evaluation {
    const check = (i: number): void => {
      const wanted = batch.outputs === "all" || i === batch.tokens.length - 1;
      if (generation !== this.#generation) throw new Error("these outputs are out of date");
      if (batch.outputs === "none" || !wanted || batch.tokens[i] === undefined) {
        throw new Error(`output ${i} was not asked for`);
      }
    };
    const rows = batch.outputs === "none" ? [] : added.map((row) => row.logits());
    const logitsAt = (i: number): Float32Array => {
      check(i);
      return rows[i] as Float32Array;
    };
    for (const state of this.#states) state.fill(Number.NaN);
    const states = added.map(({ state }) => Float32Array.from(state ?? []));
    this.#states = states;
    return {
      logits: (i) => {
        if (batch.need === "greedy") throw new Error("only the greedy choice was asked for");
        return logitsAt(i);
      },
      topTwo: (i) => topTwo(logitsAt(i)),
      ...(this.#options.hiddenStates && {
        hidden: (i: number) => {
          check(i);
          return states[i] as Float32Array;
        },
      }),
    };
  }
}
