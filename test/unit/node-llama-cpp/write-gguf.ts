import { tensorBytes } from "../../../src/engine/node-llama-cpp/gguf-types.ts";

/** A metadata value to write: text, an unsigned number, a flag, a list of texts, or numbers by type. */
export type WrittenValue =
  | string
  | number
  | boolean
  | readonly string[]
  | { readonly u64: number }
  | { readonly f32: number }
  /** Its type and its value as bytes, for what no writer would write. */
  | { readonly raw: Uint8Array }
  | { readonly i32s: readonly number[] }
  | { readonly f32s: readonly number[] };

/** A tensor to write. */
export interface WrittenTensor {
  readonly name: string;
  readonly dimensions: readonly number[];
  /** As ggml numbers it; left out, F32. */
  readonly type?: number;
  /** Left out, zeros. */
  readonly data?: Uint8Array;
}

/** A small GGUF file to write. */
export interface WrittenGguf {
  readonly version?: number;
  readonly metadata?: Readonly<Record<string, WrittenValue>>;
  readonly tensors?: readonly WrittenTensor[];
  /** Bytes between tensors are a multiple of it. */
  readonly alignment?: number;
}

/** A text model as small as they come: 4 tokens, width 8, and hardly a block. */
export const smallModel = {
  metadata: {
    "general.architecture": "llama",
    "general.name": "Small",
    "general.file_type": 0,
    "llama.context_length": 128,
    "llama.embedding_length": 8,
    "llama.block_count": 1,
    "tokenizer.ggml.model": "gpt2",
    "tokenizer.ggml.tokens": ["<s>", "</s>", "a", "b"],
    "tokenizer.chat_template": "{{ messages[0].content }}",
  },
  tensors: [
    { name: "token_embd.weight", dimensions: [8, 4] },
    { name: "output_norm.weight", dimensions: [8] },
    { name: "blk.0.attn_norm.weight", dimensions: [8] },
  ],
} as const satisfies WrittenGguf;

/** Where a written file's parts end. */
export interface GgufBytes {
  readonly bytes: Buffer;
  /** Bytes of the metadata and the tensor list. */
  readonly headerBytes: number;
}

/** The bytes of a GGUF file (ggml/docs/gguf.md). */
export function writeGguf(file: WrittenGguf): GgufBytes {
  const { version = 3, metadata = {}, tensors = [], alignment = 32 } = file;
  const align = (offset: number) => Math.ceil(offset / alignment) * alignment;
  const sizes = tensors.map(({ dimensions, type = 0 }) =>
    tensorBytes(
      type,
      dimensions.reduce((a, b) => a * b, 1),
    ),
  );
  let offset = 0;
  const infos = tensors.map(({ name, dimensions, type = 0 }, i) => {
    const dims = dimensions.map(uint64);
    const info = [text(name), uint32(dims.length), ...dims, uint32(type), uint64(offset)];
    offset = align(offset + (sizes[i] as number));
    return Buffer.concat(info);
  });
  const entries = Object.entries(metadata).map(([key, entry]) =>
    Buffer.concat([text(key), value(entry)]),
  );
  const counts = [uint64(infos.length), uint64(entries.length)];
  const parts = [Buffer.from("GGUF"), uint32(version), ...counts, ...entries, ...infos];
  const header = Buffer.concat(parts);
  const padding = Buffer.alloc(align(header.length) - header.length);
  const data = sizes.map((size, i) => {
    const bytes = Buffer.alloc(i < sizes.length - 1 ? align(size) : size);
    bytes.set(tensors[i]?.data ?? []);
    return bytes;
  });
  return { bytes: Buffer.concat([header, padding, ...data]), headerBytes: header.length };
}

function value(entry: WrittenValue): Buffer {
  if (typeof entry === "string") return Buffer.concat([uint32(8), text(entry)]);
  if (typeof entry === "number") return Buffer.concat([uint32(4), uint32(entry)]);
  if (typeof entry === "boolean") return Buffer.concat([uint32(7), Buffer.of(entry ? 1 : 0)]);
  if ("u64" in entry) return Buffer.concat([uint32(10), uint64(entry.u64)]);
  if ("raw" in entry) return Buffer.from(entry.raw);
  if ("f32" in entry) return Buffer.concat([uint32(6), bytesOf(Float32Array.of(entry.f32))]);
  if ("i32s" in entry) return numbers(5, Int32Array.from(entry.i32s));
  if ("f32s" in entry) return numbers(6, Float32Array.from(entry.f32s));
  return Buffer.concat([uint32(9), uint32(8), uint64(entry.length), ...entry.map(text)]);
}

function numbers(type: number, values: Int32Array | Float32Array): Buffer {
  return Buffer.concat([uint32(9), uint32(type), uint64(values.length), bytesOf(values)]);
}

/** On machines with the lower byte first, as all are that this runs on. */
export function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function text(content: string): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([uint64(bytes.length), bytes]);
}

function uint32(n: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(n);
  return bytes;
}

function uint64(n: number | bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(n));
  return bytes;
}
