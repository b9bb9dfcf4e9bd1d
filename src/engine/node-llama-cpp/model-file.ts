import { createHash } from "node:crypto";
import { basename } from "node:path";
import { environmentError } from "../../errors.ts";
import { nameText, quoted } from "../excerpt.ts";
import type { ModelInfo } from "../port.ts";
import { canRollBack, whyNotGenerative } from "./architectures.ts";
import { checkBlocks } from "./block-check.ts";
import { type GgufHeader, type GgufTensor, readGgufHeader } from "./gguf-header.ts";
import { fileTypeName, tensorTypeName } from "./gguf-types.ts";
import { checkAllTensors, furtherSplitFiles } from "./split-files.ts";
import { checkTensorData, weightsOf } from "./tensor-check.ts";

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
 * @throws UserError for a file that is missing, no GGUF, incomplete, or no model that writes text; it
 *   says what the file is
 */
export async function readModelFile(path: string): Promise<ModelFile> {
  const header = readGgufHeader(path);
  checkTensorData(header);
  const further = furtherSplitFiles(header).map((each) => readGgufHeader(each));
  for (const each of further) checkTensorData(each);
  const headers = [header, ...further];
  checkAllTensors(headers);
  const architecture = generativeArchitecture(header);
  const tensors = headers.flatMap((each) => each.tensors);
  const source = textOf(header, "tokenizer.chat_template") ?? "";
  const chatTemplate = source.trim() === "" ? undefined : source;
  const info = infoOf(headers, architecture, chatTemplate);
  requireVocabulary(header);
  checkBlocks({ ...info, path, metadata: header.metadata, tensors });
  return { path, header, chatTemplate, info };
}

/** @throws UserError where the file is something else than a model that writes text */
function generativeArchitecture(header: GgufHeader): string {
  const { path } = header;
  // llama.cpp would load them, and abort when it is asked for their vocabulary.
  if (header.metadata.has("specdec.heads.version")) {
    throw environmentError(
      "draft-heads",
      `${path} is no model of its own: it holds draft heads`,
      "They go with --heads, next to the target that they were trained for; specdec heads info shows them.",
    );
  }
  const not = whyNotGenerative(header);
  if (not !== undefined) {
    const message = `${path} does not write text: it is ${not.reason}`;
    throw environmentError("not-generative", message, not.hint);
  }
  const architecture = textOf(header, "general.architecture");
  if (architecture !== undefined) return architecture;
  const message = `${path} does not say which architecture it has: it is damaged or no model`;
  throw environmentError("model-corrupt", message, "Download it again.");
}

/** @throws UserError for a model without tokens, as image models and parts of models are */
function requireVocabulary(header: GgufHeader): void {
  const { path } = header;
  const model = textOf(header, "tokenizer.ggml.model");
  const isNone = model === "no_vocab" || model === "none";
  const tokens = arrayLength(header, "tokenizer.ggml.tokens") ?? 0;
  if (model !== undefined && !isNone && tokens > 0) return;
  throw environmentError(
    "no-vocabulary",
    `${path} has no vocabulary: it cannot read or write text`,
    "Convert the model again together with its tokenizer, or download another conversion.",
  );
}

function infoOf(
  headers: readonly GgufHeader[],
  architecture: string,
  chatTemplate: string | undefined,
): ModelInfo {
  const [header] = headers as [GgufHeader];
  const tensors = headers.flatMap((each) => each.tensors);
  const file = basename(header.path);
  const count = (key: string) => countOf(header, `${architecture}.${key}`);
  return {
    file,
    sizeBytes: sum(headers, (each) => each.fileBytes),
    headerSha256: headerSha256(headers),
    name: textOf(header, "general.name") ?? file,
    architecture,
    quantisation: quantisationOf(header, tensors),
    parameters: sum(tensors, weightsOf),
    trainedContext: count("context_length"),
    vocabularySize: arrayLength(header, "tokenizer.ggml.tokens") ?? 0,
    embeddingWidth: count("embedding_length"),
    layers: count("block_count"),
    hasChatTemplate: chatTemplate !== undefined,
    canRollBack: canRollBack(architecture),
  };
}

/** llama.cpp counts in 32 bits. */
const maxCount = 2 ** 31 - 1;

/** @returns 0 where the file does not say. @throws UserError for what is no count */
function countOf(header: GgufHeader, key: string): number {
  const value = header.metadata.get(key) ?? 0;
  if (typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= maxCount) {
    return value;
  }
  const shown =
    typeof value === "object"
      ? "a list"
      : typeof value === "string"
        ? quoted(value)
        : String(value);
  throw environmentError(
    "model-corrupt",
    `${header.path} is damaged: it has ${shown} as ${nameText(key)}`,
    "Download it again.",
  );
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
