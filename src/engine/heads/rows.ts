import { closeSync, openSync, readSync } from "node:fs";
import { fromFloat16Bits } from "../../float16.ts";
import type { GgufTensor } from "../node-llama-cpp/gguf-header.ts";
import { tensorBytes } from "../node-llama-cpp/gguf-types.ts";

/** Writes the weights of one row, `out.length` of them, that begin at a byte. */
type ReadRow = (bytes: DataView, at: number, out: Float32Array) => void;

/** By type as ggml numbers it: F32, F16, Q4_0 and Q8_0 (ggml/src/ggml-quants.c). */
const readers: ReadonlyMap<number, ReadRow> = new Map([
  [0, readF32],
  [1, readF16],
  [2, readQ4],
  [8, readQ8],
]);

/** Types of tensors whose rows can be read. */
export const readableTypes: readonly number[] = [...readers.keys()];

/** The rows of a matrix in a GGUF file. Its bytes are read once; a row becomes numbers when asked for. */
export class TensorRows {
  readonly #bytes: DataView;
  readonly #rowBytes: number;
  readonly #read: ReadRow;
  readonly #row: Float32Array;

  /** @param tensor of a type in `readableTypes`, two-dimensional */
  constructor(path: string, { type, dimensions, fileOffset }: GgufTensor) {
    const [width = 0, rows = 0] = dimensions;
    this.#read = readers.get(type) as ReadRow;
    this.#row = new Float32Array(width);
    this.#rowBytes = tensorBytes(type, width);
    this.#bytes = readBytes(path, fileOffset, rows * this.#rowBytes);
  }

  /** One row; valid until the next call. */
  at(row: number): Float32Array {
    this.#read(this.#bytes, row * this.#rowBytes, this.#row);
    return this.#row;
  }
}

function readBytes(path: string, offset: number, length: number): DataView {
  const bytes = new Uint8Array(length);
  const file = openSync(path, "r");
  try {
    for (let at = 0; at < length; ) {
      const read = readSync(file, bytes, at, length - at, offset + at);
      if (read === 0) throw new Error(`${path} ends within its weights`);
      at += read;
    }
  } finally {
    closeSync(file);
  }
  return new DataView(bytes.buffer);
}

const blockWeights = 32;
const halfBytes = 2;

function readF32(bytes: DataView, at: number, out: Float32Array): void {
  for (let i = 0; i < out.length; i++) out[i] = bytes.getFloat32(at + 4 * i, true);
}

function readF16(bytes: DataView, at: number, out: Float32Array): void {
  for (let i = 0; i < out.length; i++)
    out[i] = fromFloat16Bits(bytes.getUint16(at + halfBytes * i, true));
}

function readQ8(bytes: DataView, at: number, out: Float32Array): void {
  for (let i = 0, from = at; i < out.length; i += blockWeights, from += halfBytes + blockWeights) {
    const scale = fromFloat16Bits(bytes.getUint16(from, true));
    for (let j = 0; j < blockWeights; j++) {
      out[i + j] = scale * bytes.getInt8(from + halfBytes + j);
    }
  }
}

function readQ4(bytes: DataView, at: number, out: Float32Array): void {
  const pairs = blockWeights / 2;
  for (let i = 0, from = at; i < out.length; i += blockWeights, from += halfBytes + pairs) {
    const scale = fromFloat16Bits(bytes.getUint16(from, true));
    for (let j = 0; j < pairs; j++) {
      const byte = bytes.getUint8(from + halfBytes + j);
      out[i + j] = scale * ((byte & 15) - 8);
      out[i + j + pairs] = scale * ((byte >> 4) - 8);
    }
  }
}
