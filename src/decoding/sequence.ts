import type { TopTwo } from "./logits.ts";

/** A value that an engine may deliver at once or later. */
export type MaybePromise<T> = T | Promise<T>;

/** Tokens to evaluate behind what a sequence's cache holds. */
export interface TokenBatch {
  /** Token ids; a parent stands before its children. At most `TokenSequence.batchSize` of them. */
  readonly tokens: readonly number[];
  /**
   * For each token the index, in this batch, of the token it follows; -1 for the end of the cache.
   * Left out, the batch is a chain: each token follows the one before it.
   */
  readonly parents?: readonly number[];
  /**
   * What the model reads in the place of each token, `TokenSequence.inputWidth` numbers; of a model
   * that is fed with vectors, as draft heads are, and needed there. The tokens are then names alone,
   * of any vocabulary.
   */
  readonly inputs?: readonly Float32Array[];
  /** Which tokens' outputs will be read. */
  readonly outputs: "none" | "last" | "all";
  /** "greedy": only `topTwo` will be read, which lets some engines skip the probabilities. */
  readonly need: "logits" | "greedy";
}

/** Tokens to evaluate below ones that were evaluated before. */
export interface GrowthBatch extends TokenBatch {
  /**
   * For each token the index of one evaluated since the last `evaluate`, that one's included, and
   * not of this batch itself; -1 for the end of the cache before it.
   */
  readonly parents: readonly number[];
}

/** The outputs of one batch. They live in the engine's memory until the next `evaluate`. */
export interface Evaluation {
  /**
   * Raw logits after batch token `i`, one for each token of the vocabulary.
   *
   * @throws when that output was not asked for
   */
  logits(i: number): Float32Array;
  /** The likeliest token after batch token `i`; the gap is NaN where the engine cannot tell. */
  topTwo(i: number): TopTwo;
  /** Final hidden state of batch token `i`, where the sequence was opened with hidden states. */
  hidden?(i: number): Float32Array;
}

/**
 * One text in one model's KV cache. The cache holds `tokens`; a batch is evaluated behind them and
 * stays, until `truncate` or `keep` takes something away.
 */
export interface TokenSequence {
  /**
   * What the cache holds: by position, then the tokens of a batch with branches in the order of
   * their indices. After such a batch only `grow`, `keep` and a `truncate` that drops it may follow.
   */
  readonly tokens: readonly number[];
  /** How many of `tokens` stand in a line: all but those of a batch with branches. */
  readonly settled: number;
  /** False for a recurrent or hybrid model: its cache is cut back to nothing or not at all. */
  readonly canRollBack: boolean;
  readonly vocabularySize: number;
  /** Width of the vectors that the model is fed with; undefined for one that reads tokens. */
  readonly inputWidth?: number | undefined;
  /** Most tokens the cache can hold. */
  readonly capacity: number;
  /** Most tokens one `evaluate` takes. */
  readonly batchSize: number;
  /** Most outputs one `evaluate` gives. */
  readonly maxOutputs: number;
  /** Tokens a prefill evaluates at once: small enough to show progress and to hear an abort. */
  readonly prefillChunk: number;
  /** Most branches of one tree; 0 where the engine evaluates chains only. */
  readonly maxBranches: number;
  evaluate(batch: TokenBatch): MaybePromise<Evaluation>;
  /**
   * Evaluates more tokens below those of the last batch, which stay: so a tree is evaluated level by
   * level. Indices go on where the last batch's ended, for a later `grow` and for `keep`; outputs are
   * counted from 0. Only where there are branches.
   */
  grow(batch: GrowthBatch): MaybePromise<Evaluation>;
  /**
   * Cuts the cache back to its first `length` tokens, at most `settled`: a batch with branches is
   * dropped whole.
   */
  truncate(length: number): MaybePromise<void>;
  /**
   * Of the last batch, and of what grew from it, keeps the tokens on `path` and drops the rest.
   *
   * @param path indices, root first, each the parent of the next; may be empty
   */
  keep(path: readonly number[]): MaybePromise<void>;
}

/** The same outputs with index 0 at batch token `first`. */
export function outputsFrom(evaluation: Evaluation, first: number): Evaluation {
  return {
    logits: (i) => evaluation.logits(first + i),
    topTwo: (i) => evaluation.topTwo(first + i),
    ...(evaluation.hidden && { hidden: (i: number) => hiddenOf(evaluation, first + i) }),
  };
}

/**
 * The hidden state of one output.
 *
 * @throws Error where the sequence was not opened with hidden states
 */
export function hiddenOf(evaluation: Evaluation, i: number): Float32Array {
  if (evaluation.hidden === undefined) throw new Error("the sequence has no hidden states");
  return evaluation.hidden(i);
}

/** The parents that a batch without explicit ones has: a chain behind the cache. */
export function chainParents(length: number): number[] {
  return Array.from({ length }, (_, i) => i - 1);
}

/**
 * Checks the shape of a batch for a sequence; every engine calls it first.
 *
 * @throws RangeError naming what is wrong
 */
export function checkBatch(sequence: TokenSequence, batch: TokenBatch): void {
  checkTokens(sequence, batch);
  const { tokens, parents } = batch;
  if (parents === undefined) return;
  if (parents.length !== tokens.length) {
    throw new RangeError(`${tokens.length} tokens have ${parents.length} parents`);
  }
  parents.forEach((parent, i) => {
    if (!(Number.isInteger(parent) && parent >= -1 && parent < i)) {
      throw new RangeError(`token ${i} of the batch follows ${parent}, which is not before it`);
    }
    if (parent !== i - 1) checkBranches(sequence, 1);
  });
}

/**
 * Checks a batch that grows from `evaluated` tokens; every engine that has trees calls it first.
 *
 * @throws RangeError naming what is wrong
 */
export function checkGrowth(sequence: TokenSequence, batch: GrowthBatch, evaluated: number): void {
  checkBranches(sequence, 1);
  checkTokens(sequence, batch);
  const { tokens, parents } = batch;
  if (parents.length !== tokens.length) {
    throw new RangeError(`${tokens.length} tokens have ${parents.length} parents`);
  }
  for (const parent of parents) {
    if (Number.isInteger(parent) && parent >= -1 && parent < evaluated) continue;
    throw new RangeError(`a token grows from ${parent}, and ${evaluated} were evaluated`);
  }
}

/**
 * Checks the number of a tree's branches.
 *
 * @throws RangeError where there are more than the sequence takes
 */
export function checkBranches({ maxBranches }: TokenSequence, branches: number): void {
  if (branches <= maxBranches) return;
  throw new RangeError(
    maxBranches === 0
      ? "this engine evaluates chains only"
      : `a tree takes ${maxBranches} branches, not ${branches}`,
  );
}

function checkTokens(sequence: TokenSequence, batch: TokenBatch): void {
  const { tokens, outputs } = batch;
  const room = sequence.capacity - sequence.tokens.length;
  if (tokens.length === 0) throw new RangeError("a batch needs at least one token");
  if (tokens.length > sequence.batchSize) {
    throw new RangeError(`a batch takes ${sequence.batchSize} tokens, not ${tokens.length}`);
  }
  if (outputs === "all" && tokens.length > sequence.maxOutputs) {
    throw new RangeError(`a batch gives ${sequence.maxOutputs} outputs, not ${tokens.length}`);
  }
  if (tokens.length > room) {
    throw new RangeError(`${tokens.length} tokens do not fit: the cache has room for ${room}`);
  }
  checkInputs(sequence, batch);
  const size = sequence.inputWidth === undefined ? sequence.vocabularySize : Infinity;
  for (const token of tokens) {
    if (!(Number.isInteger(token) && token >= 0 && token < size)) {
      throw new RangeError(`token ${token} is not in a vocabulary of ${size}`);
    }
  }
}

function checkInputs({ inputWidth }: TokenSequence, { tokens, inputs }: TokenBatch): void {
  if (inputWidth === undefined) {
    if (inputs !== undefined) throw new RangeError("this model reads tokens, not vectors");
    return;
  }
  if (inputs?.length !== tokens.length) {
    throw new RangeError(`${tokens.length} tokens have ${inputs?.length ?? 0} vectors to be read`);
  }
  for (const { length } of inputs) {
    if (length === inputWidth) continue;
    throw new RangeError(`the model reads vectors of ${inputWidth} numbers, not ${length}`);
  }
}

/**
 * Checks what a cache is to be cut back to; every engine calls it first.
 *
 * @throws RangeError for a length that the cache does not have
 */
export function checkLength(sequence: TokenSequence, length: number): void {
  const { settled, tokens, canRollBack } = sequence;
  if (!(Number.isInteger(length) && length >= 0 && length <= settled)) {
    throw new RangeError(`a cache of ${settled} tokens cannot be cut back to ${length}`);
  }
  if (!canRollBack && length > 0 && length < tokens.length) {
    throw new RangeError("a recurrent state cannot be cut back to a part of its text");
  }
}

/**
 * Checks that `path` runs down the last batch from its root.
 *
 * @throws RangeError when it does not
 */
export function checkPath(path: readonly number[], parents: readonly number[]): void {
  let previous = -1;
  for (const node of path) {
    if (parents[node] !== previous) {
      throw new RangeError(`batch token ${node} does not follow ${previous}`);
    }
    previous = node;
  }
}
