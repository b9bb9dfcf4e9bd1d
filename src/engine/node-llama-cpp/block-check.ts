import { environmentError } from "../../errors.ts";
import { nameText } from "../excerpt.ts";
import type { GgufHeader, GgufTensor } from "./gguf-header.ts";

/** What of a model is checked for missing tensors. */
export interface CheckedModel {
  readonly path: string;
  readonly architecture: string;
  readonly metadata: GgufHeader["metadata"];
  /** Of all its files. */
  readonly tensors: readonly GgufTensor[];
  readonly layers: number;
  readonly vocabularySize: number;
}

/** Architectures whose blocks all have the same weights. */
const uniform: ReadonlySet<string> = new Set([
  ...["llama", "qwen", "qwen2", "qwen3", "gemma", "gemma2", "gemma3", "mistral3", "granite"],
  ...["smollm3", "olmo", "olmo2", "starcoder", "starcoder2", "gpt2", "gptneox", "stablelm"],
  ...["internlm2", "exaone", "phi2", "phi3", "minicpm", "command-r", "seed_oss", "arcee"],
  ...["baichuan", "bloom", "falcon", "mpt", "orion", "xverse", "refact", "codeshell"],
]);
/** Their blocks may be empty: layers that the makers took out. */
const withEmptyBlocks: ReadonlySet<string> = new Set(["deci"]);

/**
 * Checks that a model has weights for all the blocks that its header counts: a conversion or an
 * upload may have stopped halfway, and some files hold only the layers for multi-token prediction.
 *
 * @throws UserError "model-incomplete", naming the first blocks or tensors that are missing
 */
export function checkBlocks(model: CheckedModel): void {
  const blocks = blocksOf(model);
  const missing = blocks.flatMap((names, block) => (names.size === 0 ? [block] : []));
  if (missing.length > 0 && !withEmptyBlocks.has(model.architecture)) {
    const prediction = isForPredictionOnly(model.tensors)
      ? "only the layers for multi-token prediction are in it, "
      : "";
    throw incomplete(
      model,
      `${prediction}its header counts ${model.layers} blocks, and ${listed(missing)} no tensors`,
    );
  }
  if (!uniform.has(model.architecture)) return;
  requireSameWeights(model, blocks);
  for (const name of ["token_embd.weight", "output_norm.weight"]) {
    if (!model.tensors.some((tensor) => tensor.name === name)) {
      throw incomplete(model, `the tensor ${name} is missing`);
    }
  }
  checkEmbeddings(model);
}

/** Names of each block's tensors, without the block; layers for multi-token prediction are optional. */
function blocksOf({ architecture, metadata, tensors, layers }: CheckedModel): Set<string>[] {
  const extra = metadata.get(`${architecture}.nextn_predict_layers`);
  const count = layers - (typeof extra === "number" && extra < layers ? extra : 0);
  // A wrong count must not fill the memory.
  const blocks = Array.from(
    { length: Math.min(count, tensors.length + 1) },
    () => new Set<string>(),
  );
  for (const { name } of tensors) {
    const [, block, rest] = /^blk\.(\d+)\.(.+)$/.exec(name) ?? [];
    if (rest !== undefined) blocks[Number(block)]?.add(rest);
  }
  return blocks;
}

function requireSameWeights(model: CheckedModel, blocks: readonly Set<string>[]): void {
  const counts = new Map<string, number>();
  for (const names of blocks) {
    for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  for (const [name, count] of counts) {
    if (!name.endsWith(".weight") || count === blocks.length || count * 2 <= blocks.length)
      continue;
    const block = blocks.findIndex((names) => !names.has(name));
    throw incomplete(
      model,
      `${nameText(`blk.${block}.${name}`)} is missing, which ${count} other blocks have`,
    );
  }
}

function checkEmbeddings(model: CheckedModel): void {
  const rows = model.tensors.find(({ name }) => name === "token_embd.weight")?.dimensions[1] ?? 1;
  if (rows === model.vocabularySize) return;
  throw incomplete(
    model,
    `it has embeddings for ${rows} tokens, and lists ${model.vocabularySize}`,
  );
}

function isForPredictionOnly(tensors: readonly GgufTensor[]): boolean {
  return tensors.some(({ name }) => /(^|\.)(nextn|mtp)\./.test(name));
}

function listed(blocks: readonly number[]): string {
  const [first, last] = [blocks[0], blocks.at(-1)];
  if (blocks.length === 1) return `blk.${first} has`;
  const isRun = (last as number) - (first as number) === blocks.length - 1;
  if (isRun) return `blk.${first} to blk.${last} have`;
  return `blk.${first} and ${blocks.length - 1} others have`;
}

function incomplete({ path }: CheckedModel, what: string): Error {
  return environmentError(
    "model-incomplete",
    `${path} is not a whole model: ${what}`,
    "Download it again, or another conversion: converting or uploading this one stopped halfway.",
  );
}
