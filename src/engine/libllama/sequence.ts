import { topTwo } from "../../decoding/logits.ts";
import {
  chainParents,
  checkBatch,
  checkLength,
  checkPath,
  type Evaluation,
  type TokenBatch,
  type TokenSequence,
} from "../../decoding/sequence.ts";
import { type Bindings, floatsAt, type Pointer } from "./bindings.ts";
import { leafPaths } from "./leaf-paths.ts";
import { NativeBatch } from "./native-batch.ts";

/** Most branches of one tree: each needs a sequence id of its own beside the main one. */
export const maxLeaves = 64;

/** A context to run a sequence in. */
export interface LibllamaSequenceOptions {
  readonly bindings: Bindings;
  /** Made with `kv_unified` and `n_seq_max` of at least `maxLeaves + 1`. */
  readonly context: Pointer;
  readonly capacity: number;
  readonly vocabularySize: number;
  readonly embeddingWidth: number;
  readonly batchSize: number;
  readonly maxOutputs: number;
  readonly prefillChunk: number;
  readonly hiddenStates: boolean;
  /** True on a GPU, where a decode returns before it is done. */
  readonly asynchronous: boolean;
}

/**
 * One text in a llama.cpp context with a unified KV cache. Sequence 0 holds the text. For a batch
 * with branches every leaf gets a sequence id of its own; the ids share the cells of the prefix and
 * of common ancestors, so a branch costs no memory but its own tokens (as llama.cpp's
 * examples/speculative does it).
 */
export class LibllamaSequence implements TokenSequence {
  readonly vocabularySize: number;
  readonly capacity: number;
  readonly batchSize: number;
  readonly maxOutputs: number;
  readonly prefillChunk: number;
  readonly supportsTrees = true;
  readonly #options: LibllamaSequenceOptions;
  readonly #memory: Pointer;
  readonly #native: NativeBatch;
  readonly #tokens: number[] = [];
  /** Entry s: how many of the cache's tokens sequence s + 1 shares already. */
  readonly #mirrored = new Int32Array(maxLeaves);
  /** Views of native memory by address, so that a step makes no garbage. */
  readonly #views = new Map<Pointer, Float32Array>();
  #last: EvaluatedBatch | undefined;

  constructor(options: LibllamaSequenceOptions) {
    this.#options = options;
    this.#memory = options.bindings.memory(options.context);
    this.#native = new NativeBatch(options.batchSize, maxLeaves + 1);
    this.vocabularySize = options.vocabularySize;
    this.capacity = options.capacity;
    this.batchSize = options.batchSize;
    this.maxOutputs = options.maxOutputs;
    this.prefillChunk = options.prefillChunk;
  }

  get tokens(): readonly number[] {
    return this.#tokens;
  }

  evaluate(batch: TokenBatch): Evaluation {
    if (this.#last?.leaves !== undefined) throw new Error("a batch with branches waits for keep");
    checkBatch(this, batch);
    const parents = batch.parents ?? chainParents(batch.tokens.length);
    const branched = parents.some((parent, i) => parent !== i - 1);
    const base = this.#tokens.length;
    const leaves = branched ? leafPaths(parents) : undefined;
    if (leaves !== undefined && leaves.length > maxLeaves) {
      throw new RangeError(`a batch takes ${maxLeaves} branches, not ${leaves.length}`);
    }
    this.#fill(batch, parents, leaves);
    this.#decode();
    this.#last = { tokens: batch.tokens, parents, base, leaves };
    for (const token of batch.tokens) this.#tokens.push(token);
    return this.#outputs();
  }

  truncate(length: number): void {
    if (this.#last?.leaves !== undefined) throw new Error("a batch with branches waits for keep");
    checkLength(this, length);
    this.#last = undefined;
    if (length === this.#tokens.length) return;
    const { bindings } = this.#options;
    // -1 is every sequence.
    if (!bindings.memoryRemove(this.#memory, -1, length, -1)) {
      throw new Error("this model's state cannot be cut back");
    }
    this.#tokens.length = length;
    for (let i = 0; i < maxLeaves; i++) {
      this.#mirrored[i] = Math.min(this.#mirrored[i] as number, length);
    }
  }

  keep(path: readonly number[]): void {
    if (this.#last === undefined) throw new Error("there is no batch to keep from");
    const { tokens, parents, base, leaves } = this.#last;
    checkPath(path, parents);
    this.#last = undefined;
    if (leaves === undefined) {
      this.truncate(base + path.length);
      return;
    }
    const { bindings } = this.#options;
    const tip = path.at(-1);
    const through = tip === undefined ? -1 : leaves.findIndex((leaf) => leaf.includes(tip));
    if (through >= 0) {
      bindings.memoryCopy(this.#memory, through + 1, 0, base, base + path.length);
    }
    leaves.forEach((_, i) => {
      bindings.memoryRemove(this.#memory, i + 1, base, -1);
    });
    this.#tokens.length = base;
    for (const node of path) this.#tokens.push(tokens[node] as number);
  }

  /** Writes the batch into native memory, each token with the sequences of the leaves below it. */
  #fill(
    batch: TokenBatch,
    parents: readonly number[],
    leaves: readonly (readonly number[])[] | undefined,
  ): void {
    const base = this.#tokens.length;
    const sequences = leaves === undefined ? undefined : sequencesOf(parents.length, leaves);
    if (leaves !== undefined) this.#mirror(leaves.length, base);
    const depths: number[] = [];
    this.#native.clear();
    batch.tokens.forEach((token, i) => {
      const depth = (depths[parents[i] as number] ?? -1) + 1;
      depths.push(depth);
      const isLast = i === batch.tokens.length - 1;
      const output = batch.outputs === "all" || (batch.outputs === "last" && isLast);
      const position = base + depth;
      this.#native.add({ token, position, sequences: sequences?.[i] ?? mainSequence, output });
    });
  }

  /** Gives the first `count` branch sequences the whole prefix. */
  #mirror(count: number, length: number): void {
    for (let i = 0; i < count; i++) {
      const from = this.#mirrored[i] as number;
      if (from < length) {
        this.#options.bindings.memoryCopy(this.#memory, 0, i + 1, from, length);
        this.#mirrored[i] = length;
      }
    }
  }

  #decode(): void {
    const { bindings, context, asynchronous } = this.#options;
    const status = bindings.decode(context, this.#native.struct);
    if (status !== 0) {
      // What part of the batch got in is taken out again, so that the cache is what `tokens` says.
      bindings.memoryRemove(this.#memory, -1, this.#tokens.length, -1);
      throw new Error(`llama_decode failed with ${status}`);
    }
    // The caller measures this call.
    if (asynchronous) bindings.synchronize(context);
  }

  #outputs(): Evaluation {
    const { bindings, context, vocabularySize, embeddingWidth, hiddenStates } = this.#options;
    const logits = (i: number): Float32Array =>
      this.#view(bindings.logits(context, i), vocabularySize, i);
    return {
      logits,
      topTwo: (i) => topTwo(logits(i)),
      ...(hiddenStates && {
        hidden: (i: number) => this.#view(bindings.embeddings(context, i), embeddingWidth, i),
      }),
    };
  }

  #view(pointer: Pointer | null, length: number, i: number): Float32Array {
    if (pointer === null) throw new Error(`output ${i} was not asked for`);
    const known = this.#views.get(pointer);
    if (known?.length === length) return known;
    const view = floatsAt(pointer, length);
    this.#views.set(pointer, view);
    return view;
  }
}

interface EvaluatedBatch {
  readonly tokens: readonly number[];
  readonly parents: readonly number[];
  /** Cache length before the batch. */
  readonly base: number;
  /** Root-to-leaf paths; undefined for a chain. */
  readonly leaves: readonly (readonly number[])[] | undefined;
}

const mainSequence: readonly number[] = [0];

/** For each batch token the ids of the leaves that it lies on the way to. */
function sequencesOf(count: number, leaves: readonly (readonly number[])[]): number[][] {
  const sequences: number[][] = Array.from({ length: count }, () => []);
  leaves.forEach((leaf, i) => {
    for (const node of leaf) sequences[node]?.push(i + 1);
  });
  return sequences;
}
