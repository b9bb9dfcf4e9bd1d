import { createHash } from "node:crypto";
import { closeSync, openSync, readSync, statSync } from "node:fs";
import { environmentError } from "../../errors.ts";

/** A metadata value. */
export type GgufValue = string | number | boolean | GgufArray;

/** An array of the metadata. Of most only the length is kept: vocabularies are long. */
export interface GgufArray {
  readonly arrayLength: number;
  /** Its numbers, where the array is one of those that were asked for. */
  readonly numbers?: readonly number[];
}

/** One tensor as the header lists it. */
export interface GgufTensor {
  readonly name: string;
  readonly dimensions: readonly number[];
  /** Type as ggml numbers it. */
  readonly type: number;
  /** First byte of its data, from the beginning of the file. */
  readonly fileOffset: number;
}

/** What stands in a GGUF file before the weights. */
export interface GgufHeader {
  readonly path: string;
  readonly fileBytes: number;
  readonly metadata: ReadonlyMap<string, GgufValue>;
  readonly tensors: readonly GgufTensor[];
  /** SHA-256 of the metadata and the tensor list, hex. */
  readonly sha256: string;
}

/**
 * Reads a GGUF header (format: ggml/docs/gguf.md) without building the vocabulary: some ms where
 * node-llama-cpp's reader takes 0.4 s. That reader also takes a cut header for one full of zeros.
 *
 * @param keptArrays keys of arrays of numbers that are wanted whole
 * @throws UserError for a file that is missing, unreadable, no GGUF, or cut within the header
 */
export function readGgufHeader(path: string, keptArrays: readonly string[] = []): GgufHeader {
  const fileBytes = sizeOf(path);
  const file = withFileErrors(path, () => openSync(path, "r"));
  try {
    return parse(path, new Cursor(path, file, fileBytes), keptArrays);
  } finally {
    closeSync(file);
  }
}

function sizeOf(path: string): number {
  const stat = withFileErrors(path, () => statSync(path));
  if (stat.isDirectory()) {
    const hint = "Name the .gguf file in it.";
    throw environmentError("model-is-directory", `${path} is a directory, not a model file`, hint);
  }
  if (stat.size === 0) {
    const hint = "Download it again: nothing of it is there.";
    throw environmentError("model-empty", `${path} is an empty file`, hint);
  }
  return stat.size;
}

function withFileErrors<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT" || code === "ENOTDIR") {
      const hint = "Check the path; it is taken from the folder that specdec was started in.";
      throw environmentError("model-missing", `there is no model file ${path}`, hint);
    }
    if (code === "EACCES" || code === "EPERM") {
      const hint = "Give yourself the right to read it.";
      throw environmentError("model-unreadable", `${path} may not be read`, hint);
    }
    throw error;
  }
}

const supportedVersions = [2, 3];
const defaultAlignment = 32;
const maxDimensions = 4;

function parse(path: string, cursor: Cursor, keptArrays: readonly string[]): GgufHeader {
  if (!cursor.startsWith("GGUF")) {
    const hint = "specdec runs GGUF models; Hugging Face lists them under the tag gguf.";
    throw environmentError("not-a-gguf", `${path} is not a GGUF file`, hint);
  }
  cursor.skip(4);
  const version = cursor.uint32();
  if (!supportedVersions.includes(version)) {
    const hint = "Convert the model anew, or download a newer file.";
    const message = `${path} has GGUF version ${version}; versions 2 and 3 can be read`;
    throw environmentError("gguf-version", message, hint);
  }
  const tensorCount = cursor.uint64();
  const metadata = readMetadata(cursor, cursor.uint64(), keptArrays);
  const infos = Array.from({ length: cursor.count(tensorCount) }, () => readTensor(cursor));
  const headerBytes = cursor.offset;
  const alignment = Number(metadata.get("general.alignment") ?? defaultAlignment);
  const dataStart = Math.ceil(headerBytes / alignment) * alignment;
  const tensors = infos.map((info) => ({ ...info, fileOffset: dataStart + info.fileOffset }));
  const { fileBytes } = cursor;
  return { path, fileBytes, metadata, tensors, sha256: cursor.sha256(headerBytes) };
}

function readMetadata(
  cursor: Cursor,
  count: number,
  keptArrays: readonly string[],
): Map<string, GgufValue> {
  const metadata = new Map<string, GgufValue>();
  for (let i = 0; i < count; i++) {
    const key = cursor.string();
    if (key === "") throw cursor.corrupt("has a metadata key without a name");
    if (metadata.has(key)) throw cursor.corrupt(`has the metadata key ${key} twice`);
    metadata.set(key, readValue(cursor, cursor.uint32(), keptArrays.includes(key)));
  }
  return metadata;
}

function readTensor(cursor: Cursor): GgufTensor {
  const name = cursor.string();
  const count = cursor.uint32();
  if (count > maxDimensions) throw cursor.corrupt(`has a tensor of ${count} dimensions`);
  const dimensions = Array.from({ length: count }, () => cursor.uint64());
  return { name, dimensions, type: cursor.uint32(), fileOffset: cursor.uint64() };
}

const stringType = 8;
const arrayType = 9;

/** Bytes of a scalar, by its type number, and how it is read. */
const scalars: ReadonlyMap<number, readonly [number, (b: Buffer, at: number) => number | boolean]> =
  new Map([
    [0, [1, (b, at) => b.readUInt8(at)]],
    [1, [1, (b, at) => b.readInt8(at)]],
    [2, [2, (b, at) => b.readUInt16LE(at)]],
    [3, [2, (b, at) => b.readInt16LE(at)]],
    [4, [4, (b, at) => b.readUInt32LE(at)]],
    [5, [4, (b, at) => b.readInt32LE(at)]],
    [6, [4, (b, at) => b.readFloatLE(at)]],
    [7, [1, (b, at) => b.readUInt8(at) !== 0]],
    [10, [8, (b, at) => Number(b.readBigUInt64LE(at))]],
    [11, [8, (b, at) => Number(b.readBigInt64LE(at))]],
    [12, [8, (b, at) => b.readDoubleLE(at)]],
  ]);

function readValue(cursor: Cursor, type: number, keepsArray: boolean): GgufValue {
  if (type === stringType) return cursor.string();
  if (type === arrayType) {
    const itemType = cursor.uint32();
    const arrayLength = cursor.uint64();
    if (keepsArray && itemType !== stringType) {
      return { arrayLength, numbers: readNumbers(cursor, itemType, arrayLength) };
    }
    skipItems(cursor, itemType, arrayLength);
    return { arrayLength };
  }
  const [bytes, read] = scalarOf(cursor, type);
  return cursor.take(bytes, read);
}

function readNumbers(cursor: Cursor, type: number, count: number): number[] {
  const [bytes, read] = scalarOf(cursor, type);
  return Array.from({ length: cursor.count(count) }, () => Number(cursor.take(bytes, read)));
}

function skipItems(cursor: Cursor, type: number, count: number): void {
  if (type === stringType) {
    for (let i = 0; i < count; i++) cursor.skip(cursor.uint64());
  } else {
    cursor.skip(scalarOf(cursor, type)[0] * count);
  }
}

function scalarOf(cursor: Cursor, type: number) {
  const scalar = scalars.get(type);
  if (scalar === undefined) throw cursor.corrupt(`has a value of unknown type ${type}`);
  return scalar;
}

const firstRead = 1 << 20;

/** Reads a file from its beginning, no more than is asked for, and never beyond its end. */
class Cursor {
  readonly fileBytes: number;
  readonly #path: string;
  readonly #file: number;
  #buffer = Buffer.alloc(0);
  #offset = 0;

  constructor(path: string, file: number, fileBytes: number) {
    this.#path = path;
    this.#file = file;
    this.fileBytes = fileBytes;
  }

  get offset(): number {
    return this.#offset;
  }

  startsWith(magic: string): boolean {
    if (this.fileBytes < magic.length) return false;
    this.#need(magic.length);
    return this.#buffer.toString("latin1", 0, magic.length) === magic;
  }

  take<T>(bytes: number, read: (buffer: Buffer, at: number) => T): T {
    this.#need(bytes);
    const value = read(this.#buffer, this.#offset);
    this.#offset += bytes;
    return value;
  }

  skip(bytes: number): void {
    this.#need(bytes);
    this.#offset += bytes;
  }

  uint32(): number {
    return this.take(4, (buffer, at) => buffer.readUInt32LE(at));
  }

  uint64(): number {
    // Two halves: a BigInt for each of 300,000 string lengths would take half the time.
    return this.take(
      8,
      (buffer, at) => buffer.readUInt32LE(at) + buffer.readUInt32LE(at + 4) * 0x1_0000_0000,
    );
  }

  string(): string {
    const bytes = this.uint64();
    return this.take(bytes, (buffer, at) => buffer.toString("utf8", at, at + bytes));
  }

  /** A count of things that each take at least a byte, so that a wrong one cannot fill the memory. */
  count(count: number): number {
    if (count > this.fileBytes - this.#offset) throw this.#truncated();
    return count;
  }

  sha256(bytes: number): string {
    return createHash("sha256").update(this.#buffer.subarray(0, bytes)).digest("hex");
  }

  corrupt(what: string): Error {
    const hint = "Download it again.";
    return environmentError("model-corrupt", `${this.#path} ${what}: it is damaged`, hint);
  }

  #truncated(): Error {
    const message = `${this.#path} ends within its header (${this.fileBytes} bytes are there)`;
    return environmentError("model-truncated", message, "Download it again: it is not complete.");
  }

  #need(bytes: number): void {
    const end = this.#offset + bytes;
    if (end > this.fileBytes) throw this.#truncated();
    if (end <= this.#buffer.length) return;
    const wanted = Math.max(end, firstRead, this.#buffer.length * 2);
    const larger = Buffer.allocUnsafe(Math.min(wanted, this.fileBytes));
    this.#buffer.copy(larger);
    for (let at = this.#buffer.length; at < larger.length; ) {
      const read = readSync(this.#file, larger, at, larger.length - at, at);
      if (read === 0) throw this.#truncated();
      at += read;
    }
    this.#buffer = larger;
  }
}
