import { environmentError } from "../../errors.ts";
import { nameText } from "../excerpt.ts";
import { describeForeignFile } from "./file-kind.ts";
import { GgufCursor } from "./gguf-cursor.ts";
import { withModelFile } from "./open-model-file.ts";

/** A metadata value. */
export type GgufValue = string | number | boolean | GgufArray;

/** An array of the metadata. Most keep only their length: vocabularies are long. */
export interface GgufArray {
  readonly arrayLength: number;
  /** Its numbers, where the array is one of those that were asked for. */
  readonly numbers?: readonly number[];
  /** Its texts, where the array is one of those that were asked for. */
  readonly texts?: readonly string[];
}

/** One tensor as the header lists it. */
export interface GgufTensor {
  readonly name: string;
  readonly dimensions: readonly number[];
  /** Type as ggml numbers it. */
  readonly type: number;
  /** First byte of its data, from the start of the file. */
  readonly fileOffset: number;
}

/** What a GGUF file has before the weights. */
export interface GgufHeader {
  readonly path: string;
  readonly fileBytes: number;
  readonly metadata: ReadonlyMap<string, GgufValue>;
  readonly tensors: readonly GgufTensor[];
  /** Tensors start at multiples of it. */
  readonly alignment: number;
  /** First byte after the header and its padding. */
  readonly dataStart: number;
  /** SHA-256 of the metadata and the tensor list, hex. */
  readonly sha256: string;
}

/**
 * Reads a GGUF header (format: ggml/docs/gguf.md) without building the vocabulary: some ms where
 * node-llama-cpp's reader takes 0.4 s. That reader also takes a cut header for one full of zeros.
 * Time and memory are bounded by the file, whatever its counts and lengths say.
 *
 * @param keptArrays keys of arrays that are wanted whole
 * @throws UserError for a file that is missing, unreadable, no GGUF (it says what the file is), or
 *   cut within the header
 */
export function readGgufHeader(path: string, keptArrays: readonly string[] = []): GgufHeader {
  return withModelFile(path, (file, bytes) => parse(new GgufCursor(path, file, bytes), keptArrays));
}

const supportedVersions = [2, 3];
const defaultAlignment = 32;
const maxDimensions = 4;
/** llama.cpp compares every key with every other one, and every tensor's name: more would take it minutes. */
const maxKeys = 10_000;
const maxTensors = 100_000;
/** As the format has it. */
const maxKeyBytes = 65_535;
/** `GGML_MAX_NAME`, less the zero at the end. */
const maxNameBytes = 63;
/** Lengths of a key, a type and a value; of a name, a count, a type and an offset. */
const leastKeyBytes = 13;
const leastTensorBytes = 24;

function parse(cursor: GgufCursor, keptArrays: readonly string[]): GgufHeader {
  checkKind(cursor);
  const tensorCount = cursor.uint64();
  const metadata = readMetadata(cursor, keptArrays);
  if (tensorCount > maxTensors) throw cursor.corrupt(`lists ${tensorCount} tensors`);
  cursor.count(tensorCount, leastTensorBytes);
  const infos = Array.from({ length: tensorCount }, () => readTensor(cursor));
  checkNames(cursor, infos);
  const alignment = alignmentOf(cursor, metadata);
  const dataStart = Math.ceil(cursor.offset / alignment) * alignment;
  const tensors = infos.map((info) => ({ ...info, fileOffset: dataStart + info.fileOffset }));
  const { path, fileBytes } = cursor;
  return { path, fileBytes, metadata, tensors, alignment, dataStart, sha256: cursor.sha256() };
}

/** Passes the magic and the version. */
function checkKind(cursor: GgufCursor): void {
  const { path } = cursor;
  const start = cursor.peek(4096);
  if (start.toString("latin1", 0, 4) !== "GGUF") {
    const { is, hint } = describeForeignFile(path, start, cursor.fileBytes);
    throw environmentError("not-a-gguf", `${path} is not a GGUF file: it is ${is}`, hint);
  }
  cursor.skip(4);
  const version = cursor.uint32();
  if (supportedVersions.includes(version)) return;
  if (version % 0x1_0000 === 0 && version > 0) {
    throw environmentError(
      "gguf-big-endian",
      `${path} is a big-endian GGUF file, made for machines such as IBM Z`,
      "Download the little-endian file of this model; gguf_convert_endian.py converts it too.",
    );
  }
  throw environmentError(
    "gguf-version",
    `${path} has GGUF version ${version}; versions 2 and 3 can be read`,
    "Convert the model again, or download a newer file.",
  );
}

function readMetadata(
  cursor: GgufCursor,
  keptArrays: readonly string[],
): ReadonlyMap<string, GgufValue> {
  const count = cursor.uint64();
  if (count > maxKeys) throw cursor.corrupt(`lists ${count} metadata keys`);
  cursor.count(count, leastKeyBytes);
  const metadata = new Map<string, GgufValue>();
  for (let i = 0; i < count; i++) {
    const key = cursor.text("a metadata key", maxKeyBytes);
    if (key === "") throw cursor.corrupt("has a metadata key without a name");
    if (metadata.has(key)) throw cursor.corrupt(`has the metadata key ${nameText(key)} twice`);
    metadata.set(key, readValue(cursor, key, keptArrays.includes(key)));
  }
  return metadata;
}

function readTensor(cursor: GgufCursor): GgufTensor {
  const name = cursor.text("a tensor name", maxNameBytes);
  const count = cursor.uint32();
  if (count > maxDimensions) throw cursor.corrupt(`has a tensor of ${count} dimensions`);
  const dimensions = Array.from({ length: count }, () => cursor.uint64());
  return { name, dimensions, type: cursor.uint32(), fileOffset: cursor.uint64() };
}

function checkNames(cursor: GgufCursor, tensors: readonly GgufTensor[]): void {
  const names = new Set<string>();
  for (const { name } of tensors) {
    if (names.has(name)) throw cursor.corrupt(`has the tensor ${nameText(name)} twice`);
    names.add(name);
  }
}

function alignmentOf(cursor: GgufCursor, metadata: ReadonlyMap<string, GgufValue>): number {
  const alignment = metadata.get("general.alignment") ?? defaultAlignment;
  const isPowerOfTwo = typeof alignment === "number" && Number.isInteger(Math.log2(alignment));
  if (isPowerOfTwo && alignment >= 1) return alignment;
  const shown = typeof alignment === "object" ? "a list" : nameText(String(alignment));
  throw cursor.corrupt(`has ${shown} as general.alignment, which is no power of two`);
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

function readValue(cursor: GgufCursor, key: string, keepsArray: boolean): GgufValue {
  const type = cursor.uint32();
  if (type === stringType) return cursor.text(`a text under ${nameText(key)}`);
  if (type === arrayType) return readArray(cursor, key, keepsArray);
  const [bytes, read] = scalarOf(cursor, key, type);
  return cursor.take(bytes, read);
}

function readArray(cursor: GgufCursor, key: string, keepsArray: boolean): GgufArray {
  const type = cursor.uint32();
  const arrayLength = cursor.uint64();
  if (type === arrayType) throw nestedLists(cursor.path, key);
  const isText = type === stringType;
  const [itemBytes, read] = isText ? [8, undefined] : scalarOf(cursor, key, type);
  cursor.count(arrayLength, itemBytes);
  if (!keepsArray) {
    if (!isText) cursor.skip(itemBytes * arrayLength);
    else for (let i = 0; i < arrayLength; i++) cursor.skip(cursor.uint64());
    return { arrayLength };
  }
  if (read === undefined) {
    const texts = Array.from({ length: arrayLength }, () =>
      cursor.text(`a text under ${nameText(key)}`),
    );
    return { arrayLength, texts };
  }
  const numbers = Array.from({ length: arrayLength }, () => Number(cursor.take(itemBytes, read)));
  return { arrayLength, numbers };
}

function scalarOf(cursor: GgufCursor, key: string, type: number) {
  const scalar = scalars.get(type);
  if (scalar === undefined)
    throw cursor.corrupt(`has a value of unknown type ${type} under ${nameText(key)}`);
  return scalar;
}

function nestedLists(path: string, key: string): Error {
  return environmentError(
    "gguf-nested-lists",
    `${path} has lists within a list in its metadata (${nameText(key)}), which llama.cpp does not read`,
    "Convert the model again without that key, or download another conversion.",
  );
}
