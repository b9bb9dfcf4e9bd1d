import { closeSync, openSync, readSync } from "node:fs";
import { environmentError } from "../../errors.ts";
import { nameText } from "../excerpt.ts";
import { isNamedAsPiece } from "./file-kind.ts";
import type { GgufHeader, GgufTensor } from "./gguf-header.ts";
import { blockWeightsOf, removedTypeName, tensorBytes, tensorTypeName } from "./gguf-types.ts";

/** Weights in a tensor. */
export function weightsOf({ dimensions }: GgufTensor): number {
  return weightsIn(dimensions);
}

function weightsIn(dimensions: readonly number[]): number {
  return dimensions.reduce((product, dimension) => product * dimension, 1);
}

/**
 * Checks that the tensors lie as llama.cpp expects them, and that the file has all their bytes. A file
 * with a type that is newer than specdec's table is left to llama.cpp.
 *
 * @throws UserError where they do not, or another GGUF file follows in the same file
 */
export function checkTensorData(header: GgufHeader): void {
  for (const tensor of header.tensors) checkType(header.path, tensor);
  const end = dataEnd(header);
  if (end === undefined) return;
  checkComplete(header, end);
  if (isGgufAt(header, end)) throw joined(header.path, end);
}

/** Bytes after the last tensor and its padding, which llama.cpp ignores. */
export function trailingBytes(header: GgufHeader): number {
  return Math.max(0, header.fileBytes - (dataEnd(header) ?? header.fileBytes));
}

/** The first tensor of a type that is newer than specdec's table. */
export function tensorOfUnknownType({ tensors }: GgufHeader): GgufTensor | undefined {
  return tensors.find(({ type }) => blockWeightsOf(type) === undefined);
}

/** The first byte after all tensors and their padding; undefined where that is not known. */
function dataEnd(header: GgufHeader): number | undefined {
  const { path, tensors, dataStart, alignment } = header;
  if (tensorOfUnknownType(header) !== undefined) return undefined;
  let place = dataStart;
  for (const { name, type, fileOffset, dimensions } of tensors) {
    if (fileOffset !== place) {
      const expected = `${place - dataStart}, not ${fileOffset - dataStart}`;
      throw corrupt(path, `the data of ${nameText(name)} should start at byte ${expected}`);
    }
    const bytes = tensorBytes(type, weightsIn(dimensions));
    place += Math.ceil(bytes / alignment) * alignment;
    if (place > Number.MAX_SAFE_INTEGER) {
      throw corrupt(path, `${nameText(name)} is ${dimensions.join(" by ")} weights`);
    }
  }
  return place;
}

function checkType(path: string, { name, type, dimensions }: GgufTensor): void {
  const removed = removedTypeName(type);
  if (removed !== undefined) {
    throw environmentError(
      "tensor-type",
      `${path} has the tensor ${nameText(name)} of type ${removed}, which llama.cpp no longer reads`,
      "Download another quantisation of the model, for example Q4_K_M or Q8_0.",
    );
  }
  const blockWeights = blockWeightsOf(type) ?? 1;
  const row = dimensions[0] ?? 1;
  if (row % blockWeights === 0) return;
  const blocks = `${tensorTypeName(type)} stores ${blockWeights} weights together`;
  throw corrupt(path, `${nameText(name)} has rows of ${row} weights, and ${blocks}`);
}

/** The padding after the last tensor may be missing. */
function checkComplete({ path, fileBytes, tensors }: GgufHeader, paddedEnd: number): void {
  const last = tensors.at(-1);
  if (last === undefined || paddedEnd <= fileBytes) return;
  const end = last.fileOffset + tensorBytes(last.type, weightsOf(last));
  if (end <= fileBytes) return;
  const hint = isNamedAsPiece(path)
    ? "By its name it is a piece of the file: join all pieces in their order with cat."
    : "Download it again.";
  const message = `${path} is not complete: ${end - fileBytes} of its ${end} bytes are missing`;
  throw environmentError("model-truncated", message, hint);
}

function isGgufAt({ path, fileBytes }: GgufHeader, place: number): boolean {
  const magic = Buffer.alloc(4);
  if (fileBytes < place + magic.length) return false;
  const file = openSync(path, "r");
  try {
    readSync(file, magic, 0, magic.length, place);
  } finally {
    closeSync(file);
  }
  return magic.toString("latin1") === "GGUF";
}

function joined(path: string, place: number): Error {
  return environmentError(
    "gguf-joined",
    `${path} is several GGUF files joined into one: another one starts at byte ${place}`,
    "Keep the parts of a model as they were downloaded and name the first, or join them with llama-gguf-split --merge.",
  );
}

function corrupt(path: string, what: string): Error {
  const message = `${path} is damaged: ${what}`;
  return environmentError("model-corrupt", message, "Download it again.");
}
