import { createHash } from "node:crypto";
import { basename } from "node:path";
import { environmentError } from "../../errors.ts";
import type { ModelInfo } from "../port.ts";
import { canRollBack, whyNotGenerative } from "./architectures.ts";
import { type GgufHeader, type GgufTensor, readGgufHeader } from "./gguf-header.ts";
import { fileTypeName, tensorBytes, tensorTypeName } from "./gguf-types.ts";
import { furtherSplitFiles } from "./split-files.ts";

/** A GGUF model whose header was read and whose files are as long as the header says. */
export interface ModelFile {
  readonly path: string;
  readonly info: ModelInfo;
  readonly header: GgufHeader;
  /** The chat template's source (Jinja); undefined where the file has none. */
  readonly chatTemplate: string | undefined;
}

/**
 * Reads what a GGUF file says of its model, and checks that all of it is there. No weights are read.
 *
 * @throws UserError for a file that is missing, no GGUF, incomplete, or no model that writes text
 */
export async function readModelFile(path: string): Promise<ModelFile> {
  const header = readGgufHeader(path);
  const headers = [header, ...furtherSplitFiles(header).map((each) => readGgufHeader(each))];
  const architecture = textOf(header, "general.architecture");
  if (architecture === undefined) {
    const message = `${path} does not say which architecture it has: it is damaged or no model`;
    throw environmentError("model-corrupt", message, "Download it again.");
  }
  // llama.cpp would load them, and abort when it is asked for their vocabulary.
  if (header.metadata.has("specdec.heads.version")) {
    throw environmentError(
      "draft-heads",
      `${path} is no model of its own: it holds draft heads`,
      "They go with --heads, beside the target that they were trained for; specdec heads info shows them.",
    );
  }
  const reason = whyNotGenerative(architecture, header);
  if (reason !== undefined) {
    const message = `${path} does not write text: it is ${reason}`;
    throw environmentError(
      "not-generative",
      message,
      "Name a text model, such as an Instruct one.",
    );
  }
  for (const each of headers) checkComplete(each);
  const source = textOf(header, "tokenizer.chat_template") ?? "";
  const chatTemplate = source.trim() === "" ? undefined : source;
  return { path, header, chatTemplate, info: infoOf(headers, architecture, chatTemplate) };
}

function infoOf(
  headers: readonly GgufHeader[],
  architecture: string,
  chatTemplate: string | undefined,
): ModelInfo {
  const [header] = headers as [GgufHeader];
  const tensors = headers.flatMap((each) => each.tensors);
  const file = basename(header.path);
  const number = (key: string) => numberOf(header, `${architecture}.${key}`) ?? 0;
  return {
    file,
    sizeBytes: sum(headers, (each) => each.fileBytes),
    headerSha256: headerSha256(headers),
    name: textOf(header, "general.name") ?? file,
    architecture,
    quantisation: quantisationOf(header, tensors),
    parameters: sum(tensors, weightsOf),
    trainedContext: number("context_length"),
    vocabularySize: arrayLength(header, "tokenizer.ggml.tokens") ?? number("vocab_size"),
    embeddingWidth: number("embedding_length"),
    layers: number("block_count"),
    hasChatTemplate: chatTemplate !== undefined,
    canRollBack: canRollBack(architecture),
  };
}

/** @throws UserError where the file is shorter than its tensors */
export function checkComplete({ path, fileBytes, tensors }: GgufHeader): void {
  const ends = tensors.map((each) => each.fileOffset + tensorBytes(each.type, weightsOf(each)));
  const end = ends.reduce((a, b) => Math.max(a, b), 0);
  if (end <= fileBytes) return;
  const missing = `${end - fileBytes} of its ${end} bytes are missing`;
  const message = `${path} is not complete: ${missing}`;
  throw environmentError("model-truncated", message, "Download it again.");
}

/** The file's own word, or the type that most weights have. */
export function quantisationOf(header: GgufHeader, tensors: readonly GgufTensor[]): string {
  const name = fileTypeName(numberOf(header, "general.file_type") ?? -1);
  if (name !== undefined) return name;
  const weights = new Map<number, number>();
  for (const each of tensors) {
    weights.set(each.type, (weights.get(each.type) ?? 0) + weightsOf(each));
  }
  const [most] = [...weights].sort(([, a], [, b]) => b - a);
  return most === undefined ? "unknown" : tensorTypeName(most[0]);
}

/** One file's own hash; of several files the hash of their hashes. */
function headerSha256(headers: readonly GgufHeader[]): string {
  const [first] = headers as [GgufHeader];
  if (headers.length === 1) return first.sha256;
  const hashes = headers.map((each) => each.sha256).join("\n");
  return createHash("sha256").update(hashes).digest("hex");
}

/** Weights in a tensor. */
export function weightsOf({ dimensions }: GgufTensor): number {
  return dimensions.reduce((product, dimension) => product * dimension, 1);
}

/** A text of the metadata; undefined where there is none by that key. */
export function textOf(header: GgufHeader, key: string): string | undefined {
  const value = header.metadata.get(key);
  return typeof value === "string" ? value : undefined;
}

/** A number of the metadata; undefined where there is none by that key. */
export function numberOf(header: GgufHeader, key: string): number | undefined {
  const value = header.metadata.get(key);
  return typeof value === "number" ? value : undefined;
}

function arrayLength(header: GgufHeader, key: string): number | undefined {
  const value = header.metadata.get(key);
  return typeof value === "object" ? value.arrayLength : undefined;
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
