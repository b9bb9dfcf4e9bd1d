import { topTwo } from "../../decoding/logits.ts";
import {
  chainParents,
  checkBatch,
  checkBranches,
  checkGrowth,
  checkLength,
  checkPath,
  type Evaluation,
  type GrowthBatch,
  type TokenBatch,
  type TokenSequence,
} from "../../decoding/sequence.ts";
import { environmentError } from "../../errors.ts";
import { type Bindings, floatsAt, type Pointer } from "./bindings.ts";
import { leafPaths } from "./leaf-paths.ts";
import { NativeBatch } from "./native-batch.ts";
import { OpenTree } from "./open-tree.ts";

/** A context to run a sequence in. */
export interface LibllamaSequenceOptions {
  readonly bindings: Bindings;
  /** Made with `kv_unified` and `n_seq_max` of at least `maxBranches + 1`. */
  readonly context: Pointer;
  /** Each branch of a tree needs a sequence id of its own beside the main one. */
  readonly maxBranches: number;
  /** Named in messages. */
  readonly file: string;
  readonly capacity: number;
  readonly vocabularySize: number;
  readonly embeddingWidth: number;
  readonly batchSize: number;
  readonly maxOutputs: number;
  readonly prefillChunk: number;
  readonly hiddenStates: boolean;
  /** See `TokenSequence.canRollBack`. */
  readonly canRollBack: boolean;
  /** See `TokenSequence.inputWidth`. */
  readonly inputWidth?: number;
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
  readonly inputWidth: number | undefined;
  readonly capacity: number;
  readonly batchSize: number;
  readonly maxOutputs: number;
  readonly prefillChunk: number;
  readonly maxBranches: number;
  readonly canRollBack: boolean;
  readonly #options: LibllamaSequenceOptions;
  readonly #memory: Pointer;
  readonly #native: NativeBatch;
  readonly #tokens: number[] = [];
  /** Entry s: how many of the cache's tokens sequence s + 1 shares already. */
  readonly #mirrored: Int32Array;
  /** Views of native memory by address, so that a step makes no garbage. */
  readonly #views = new Map<Pointer, Float32Array>();
  #open: OpenTree | undefined;

  constructor(options: LibllamaSequenceOptions) {
    this.#options = options;
    this.#memory = options.bindings.memory(options.context);
    this.#native = new NativeBatch(options.batchSize, options.maxBranches + 1, options.inputWidth);
    this.#mirrored = new Int32Array(options.maxBranches);
    this.maxBranches = options.maxBranches;
    this.canRollBack = options.canRollBack;
    this.vocabularySize = options.vocabularySize;
    this.inputWidth = options.inputWidth;
    this.capacity = options.capacity;
    this.batchSize = options.batchSize;
    this.maxOutputs = options.maxOutputs;
    this.prefillChunk = options.prefillChunk;
  }

  get tokens(): readonly number[] {
    return this.#tokens;
  }

  get settled(): number {
    return this.#open?.branched ? this.#open.base : this.#tokens.length;
  }

  evaluate(batch: TokenBatch): Evaluation {
    if (this.#open?.branched) throw new Error("a batch with branches waits for keep");
    checkBatch(this, batch);
    this.#checkStates(batch);
    const parents = batch.parents ?? chainParents(batch.tokens.length);
    const branched = parents.some((parent, i) => parent !== i - 1);
    const leaves = branched ? leafPaths(parents) : [];
    checkBranches(this, leaves.length);
    const open = new OpenTree(this.#tokens.length, branched);
    this.#mirror(0, leaves.length, open.base);
    open.addBatch(batch.tokens, parents, leaves);
    this.#evaluate(batch, open, 0);
    this.#open = open;
    return this.#outputs();
  }

  grow(batch: GrowthBatch): Evaluation {
    const open = this.#open;
    if (open === undefined) throw new Error("there is no batch to grow from");
    const first = open.size;
    checkGrowth(this, batch, first);
    this.#checkStates(batch);
    checkBranches(this, open.branchesWith(batch.parents));
    const { bindings } = this.#options;
    for (const { sequence, from, length } of open.addGrowth(batch.tokens, batch.parents)) {
      this.#mirror(sequence - 1, sequence, open.base);
      if (length > 0) {
        bindings.memoryCopy(this.#memory, from, sequence, open.base, open.base + length);
      }
    }
    this.#evaluate(batch, open, first);
    return this.#outputs();
  }

  truncate(length: number): void {
    checkLength(this, length);
    if (this.#open?.branched) this.keep([]);
    this.#open = undefined;
    if (length === this.#tokens.length) return;
    const { bindings } = this.#options;
    // -1 is every sequence.
    if (!bindings.memoryRemove(this.#memory, -1, length, -1)) {
      throw new Error("this model's state cannot be cut back");
    }
    this.#tokens.length = length;
    for (let i = 0; i < this.maxBranches; i++) {
      this.#mirrored[i] = Math.min(this.#mirrored[i] as number, length);
    }
  }

  keep(path: readonly number[]): void {
    const open = this.#open;
    if (open === undefined) throw new Error("there is no batch to keep from");
    checkPath(path, open.parents);
    if (!open.branched) {
      this.truncate(open.base + path.length);
      return;
    }
    this.#open = undefined;
    const { bindings } = this.#options;
    const end = open.base + path.length;
    const tip = path.at(-1);
    // What the main sequence holds of the path itself stays; the rest comes from the tip's branch.
    const inMain = path.filter((node) => open.sequencesOf(node)[0] === 0).length;
    bindings.memoryRemove(this.#memory, 0, open.base + inMain, -1);
    const branch = tip === undefined ? 0 : (open.sequencesOf(tip)[0] as number);
    if (branch > 0) bindings.memoryCopy(this.#memory, branch, 0, open.base + inMain, end);
    for (let i = 1; i <= open.branches; i++) bindings.memoryRemove(this.#memory, i, open.base, -1);
    this.#tokens.length = open.base;
    for (const node of path) this.#tokens.push(open.tokens[node] as number);
  }

  /** With hidden states llama.cpp gives all outputs of a batch, whatever was asked for. */
  #checkStates({ tokens, outputs }: TokenBatch): void {
    if (!this.#options.hiddenStates || outputs === "none") return;
    if (tokens.length <= this.maxOutputs) return;
    throw new RangeError(
      `a batch gives ${this.maxOutputs} hidden states at most, not ${tokens.length}`,
    );
  }

  /** Decodes the nodes of a tree from `first` on, each in the sequences of its branches. */
  #evaluate(batch: TokenBatch, open: OpenTree, first: number): void {
    const count = batch.tokens.length;
    const { bindings, context, hiddenStates } = this.#options;
    // With them on, every token is an output; a prefill has no use for that.
    const states = hiddenStates && batch.outputs !== "none";
    if (hiddenStates) bindings.setEmbeddings(context, states);
    this.#native.clear();
    batch.tokens.forEach((token, i) => {
      const output =
        states || batch.outputs === "all" || (batch.outputs === "last" && i === count - 1);
      const position = open.base + open.depthOf(first + i);
      const input = batch.inputs?.[i];
      this.#native.add({ token, input, position, sequences: open.sequencesOf(first + i), output });
    });
    this.#decode(open.base);
    for (const token of batch.tokens) this.#tokens.push(token);
  }

  /** Gives the branch sequences from `first` (counted from 0) to below `end` the whole prefix. */
  #mirror(first: number, end: number, length: number): void {
    for (let i = first; i < end; i++) {
      const from = this.#mirrored[i] as number;
      if (from < length) {
        this.#options.bindings.memoryCopy(this.#memory, 0, i + 1, from, length);
        this.#mirrored[i] = length;
      }
    }
  }

  /** @param base what the cache is cut back to where the batch cannot be decoded */
  #decode(base: number): void {
    const { bindings, context, asynchronous, file } = this.#options;
    const status = bindings.decode(context, this.#native.struct);
    if (status !== 0) {
      this.#open = undefined;
      bindings.memoryRemove(this.#memory, -1, base, -1);
      this.#tokens.length = base;
      throw decodeFailure(status, file);
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

/** -2 is memory, and below it the graph (llama.h); above it the batch was wrong, which is a bug. */
function decodeFailure(status: number, file: string): Error {
  if (status > -2) return new Error(`llama_decode failed with ${status}`);
  return environmentError(
    "decode-failed",
    `llama.cpp cannot evaluate ${file} (llama_decode gives ${status})`,
    "The file may be damaged, or memory may be short. SPECDEC_DEBUG=1 shows llama.cpp's log.",
  );
}
