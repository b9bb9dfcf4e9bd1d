import { addressOf, type BatchStruct } from "./bindings.ts";

/** Where one token of a batch goes. */
export interface BatchEntry {
  readonly token: number;
  /** What the model reads in its place; needed where the batch is one of vectors. */
  readonly input?: Float32Array | undefined;
  readonly position: number;
  /** The sequences it belongs to, 1 or more. */
  readonly sequences: readonly number[];
  readonly output: boolean;
}

/** A `llama_batch` whose arrays are allocated once and filled again for each evaluation. */
export class NativeBatch {
  readonly #tokens: Int32Array;
  /** Rows of `#width` numbers; empty where the model reads tokens. */
  readonly #inputs: Float32Array;
  readonly #width: number;
  readonly #positions: Int32Array;
  readonly #sequenceCounts: Int32Array;
  readonly #sequences: Int32Array;
  /** Kept so that the pointers in it stay alive with the object. */
  readonly #sequencePointers: BigUint64Array;
  readonly #outputs: Int8Array;
  readonly #maxSequences: number;
  readonly #struct: BatchStruct;

  /** @param inputWidth of the vectors that the model is fed with; 0 for one that reads tokens */
  constructor(capacity: number, maxSequences: number, inputWidth = 0) {
    this.#maxSequences = maxSequences;
    this.#width = inputWidth;
    this.#inputs = offHeap(Float32Array, capacity * inputWidth);
    this.#tokens = offHeap(Int32Array, capacity);
    this.#positions = offHeap(Int32Array, capacity);
    this.#sequenceCounts = offHeap(Int32Array, capacity);
    this.#sequences = offHeap(Int32Array, capacity * maxSequences);
    this.#sequencePointers = offHeap(BigUint64Array, capacity);
    this.#outputs = offHeap(Int8Array, capacity);
    const first = addressOf(this.#sequences);
    for (let i = 0; i < capacity; i++) {
      this.#sequencePointers[i] = first + BigInt(i * maxSequences * 4);
    }
    this.#struct = {
      n_tokens: 0,
      // llama.cpp reads tokens where there are any.
      token: inputWidth === 0 ? addressOf(this.#tokens) : null,
      embd: inputWidth === 0 ? null : addressOf(this.#inputs),
      pos: addressOf(this.#positions),
      n_seq_id: addressOf(this.#sequenceCounts),
      seq_id: addressOf(this.#sequencePointers),
      logits: addressOf(this.#outputs),
    };
  }

  clear(): void {
    this.#struct.n_tokens = 0;
  }

  add({ token, input, position, sequences, output }: BatchEntry): void {
    const i = this.#struct.n_tokens++;
    this.#tokens[i] = token;
    if (input !== undefined) this.#inputs.set(input, i * this.#width);
    this.#positions[i] = position;
    this.#sequenceCounts[i] = sequences.length;
    this.#sequences.set(sequences, i * this.#maxSequences);
    this.#outputs[i] = output ? 1 : 0;
  }

  /** The struct to pass; valid until the next `clear`. */
  get struct(): BatchStruct {
    return this.#struct;
  }
}

/** V8 keeps tiny typed arrays on its own heap and may move them; one with a buffer stays put. */
function offHeap<T>(type: new (buffer: ArrayBuffer) => T, length: number): T {
  return new type(new ArrayBuffer(Math.max(length, 64) * 8));
}
