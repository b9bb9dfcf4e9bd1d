import { basename } from "node:path";
import type { HeadsKind } from "../../decoding/draft-heads.ts";
import { environmentError } from "../../errors.ts";
import { excerpt } from "../excerpt.ts";
import { type GgufHeader, type GgufTensor, readGgufHeader } from "../node-llama-cpp/gguf-header.ts";
import { tensorTypeName } from "../node-llama-cpp/gguf-types.ts";
import { numberOf, quantisationOf, textOf } from "../node-llama-cpp/model-file.ts";
import { checkTensorData, weightsOf } from "../node-llama-cpp/tensor-check.ts";
import type { HeadsInfo } from "../port.ts";
import { readableTypes } from "./rows.ts";

/** A file of draft heads whose header was read and found to be whole; see docs/heads-format.md. */
export interface HeadsFile {
  readonly path: string;
  readonly info: HeadsInfo;
  /** What is added to what a head reads, head by head. */
  readonly offsets: Float32Array;
  /** See `DraftHeads.tokens`. */
  readonly tokens: Int32Array | undefined;
  /** `token_embd.weight`, a row an output; undefined for parallel heads, which read no tokens. */
  readonly embeddings: GgufTensor | undefined;
}

const version = 1;
/** More than anybody trains, and few enough for a batch. */
const mostHeads = 32;
const prefix = "specdec.heads";
const arrays = ["offsets", "tokens", "acceptance"].map((key) => `${prefix}.${key}`);

/**
 * Reads what a file of draft heads says of itself, and checks that all of it is there. No weights
 * are read.
 *
 * @throws UserError for a file that is missing, no GGUF, no heads, or not all of them
 */
export function readHeadsFile(path: string): HeadsFile {
  const header = readGgufHeader(path, arrays);
  checkVersion(header);
  const read = new Reader(header);
  const { kind, count, width } = read.shape();
  const target = read.target();
  const offsets = read.numbers("offsets", count * width, `${width} for each of ${count} heads`);
  const tokens = read.tokens(target.vocabularySize);
  const rows = read.outputs(tokens, target.vocabularySize);
  checkTensors(header, width, rows);
  checkTensorData(header);
  return {
    path,
    info: {
      file: basename(path),
      sizeBytes: header.fileBytes,
      headerSha256: header.sha256,
      kind,
      count,
      width,
      parameters: header.tensors.reduce((sum, tensor) => sum + weightsOf(tensor), 0),
      quantisation: quantisationOf(header, header.tensors),
      outputs: tokens?.length ?? rows,
      target,
      acceptance: read.numbers("acceptance", count, "one number a head"),
      trainedTokens: read.number(`${prefix}.trained_tokens`, 0),
    },
    offsets: Float32Array.from(offsets),
    tokens,
    embeddings: kind === "chained" ? embeddingsOf(header) : undefined,
  };
}

function checkVersion(header: GgufHeader): void {
  const { path } = header;
  const found = numberOf(header, `${prefix}.version`);
  if (found === version) return;
  if (found !== undefined) {
    throw environmentError(
      "heads-version",
      `${path} has heads of version ${found}, and version ${version} can be read`,
      "Train them anew, or use the specdec that they were made with.",
    );
  }
  const name = textOf(header, "general.name") ?? textOf(header, "general.architecture");
  throw environmentError(
    "not-heads",
    `${path} holds no draft heads${name === undefined ? "" : `: it is ${excerpt(name)}`}`,
    "A model that drafts goes with --draft. Heads are trained for one target, as training/README.md in specdec's repository says.",
  );
}

/** Reads the metadata of heads; everything that is wrong with it is the same mistake to a user. */
class Reader {
  readonly #header: GgufHeader;

  constructor(header: GgufHeader) {
    this.#header = header;
  }

  shape(): { kind: HeadsKind; count: number; width: number } {
    const kind = this.text(`${prefix}.kind`);
    if (kind !== "parallel" && kind !== "chained") {
      throw this.#damaged(`its heads are "${kind}", neither parallel nor chained`);
    }
    const architecture = this.text("general.architecture");
    if (architecture !== "llama") throw this.#damaged(`its architecture is ${architecture}`);
    const tokenizer = this.text("tokenizer.ggml.model");
    if (tokenizer !== "no_vocab") throw this.#damaged(`it has a vocabulary of its own`);
    const blocks = this.number("llama.block_count", 1);
    if (blocks !== 1) throw this.#damaged(`it has ${blocks} blocks, not one`);
    const count = this.number(`${prefix}.count`, 1);
    if (count > mostHeads) throw this.#damaged(`it has ${count} heads, of ${mostHeads} at most`);
    return {
      kind,
      count,
      width: this.number("llama.embedding_length", 1),
    };
  }

  target(): HeadsInfo["target"] {
    const key = (name: string) => `${prefix}.target.${name}`;
    return {
      name: this.text(key("name")),
      architecture: this.text(key("architecture")),
      vocabularySize: this.number(key("vocabulary_size"), 1),
      vocabularySha256: this.text(key("vocabulary_sha256")),
      headerSha256: this.text(key("header_sha256")),
    };
  }

  /** @returns undefined where outputs are token ids */
  tokens(vocabularySize: number): Int32Array | undefined {
    const key = `${prefix}.tokens`;
    if (!this.#header.metadata.has(key)) return undefined;
    const tokens = this.#numbersAt(key) ?? [];
    if (tokens.length === 0) throw this.#damaged("its list of tokens is empty");
    let previous = -1;
    for (const token of tokens) {
      if (!(Number.isInteger(token) && token > previous && token < vocabularySize)) {
        throw this.#damaged(
          `its tokens do not ascend within the target's ${vocabularySize}: ${token} follows ${previous}`,
        );
      }
      previous = token;
    }
    return Int32Array.from(tokens);
  }

  /** Outputs of the model. */
  outputs(tokens: Int32Array | undefined, vocabularySize: number): number {
    const rows = this.number("llama.vocab_size", 1);
    // One stands for all tokens that are not listed.
    const expected = tokens === undefined ? vocabularySize : tokens.length + 1;
    if (rows === expected) return rows;
    throw this.#damaged(`it has ${rows} outputs, and its tokens need ${expected}`);
  }

  text(key: string): string {
    const value = textOf(this.#header, key);
    if (value === undefined) throw this.#damaged(`it does not say ${key}`);
    return value;
  }

  /** A whole number from `least`. */
  number(key: string, least: number): number {
    const value = numberOf(this.#header, key);
    if (value === undefined) throw this.#damaged(`it does not say ${key}`);
    if (!(Number.isInteger(value) && value >= least)) throw this.#damaged(`${key} is ${value}`);
    return value;
  }

  /** An array of exactly so many numbers. */
  numbers(name: string, length: number, meaning: string): readonly number[] {
    const numbers = this.#numbersAt(`${prefix}.${name}`);
    if (numbers === undefined) throw this.#damaged(`it has no ${name}`);
    if (numbers.length !== length) {
      throw this.#damaged(`its ${name} are ${numbers.length} numbers, not ${meaning}`);
    }
    if (!numbers.every(Number.isFinite)) throw this.#damaged(`not all its ${name} are numbers`);
    return numbers;
  }

  #numbersAt(key: string): readonly number[] | undefined {
    const value = this.#header.metadata.get(key);
    return typeof value === "object" ? value.numbers : undefined;
  }

  #damaged(what: string): Error {
    return damaged(this.#header.path, what);
  }
}

function damaged(path: string, what: string): Error {
  return environmentError(
    "heads-damaged",
    `${path} is damaged: ${excerpt(what, 200)}`,
    "Export the heads again, or copy the file again.",
  );
}

/** The tensors that llama.cpp reads of one block of llama (src/models/llama.cpp), with their shapes. */
function checkTensors(header: GgufHeader, width: number, outputs: number): void {
  const need = (key: string): number => {
    const value = numberOf(header, `llama.${key}`);
    if (value === undefined) throw damaged(header.path, `it does not say llama.${key}`);
    return value;
  };
  const inner = need("feed_forward_length");
  const heads = need("attention.head_count");
  const keyHeads = numberOf(header, "llama.attention.head_count_kv") ?? heads;
  const keyLength = numberOf(header, "llama.attention.key_length") ?? width / heads;
  const [queries, keys] = [heads * keyLength, keyHeads * keyLength];
  const shapes: Readonly<Record<string, readonly number[]>> = {
    token_embd: [width, outputs],
    output_norm: [width],
    "blk.0.attn_norm": [width],
    "blk.0.attn_q": [width, queries],
    "blk.0.attn_k": [width, keys],
    "blk.0.attn_v": [width, keys],
    "blk.0.attn_output": [queries, width],
    "blk.0.ffn_norm": [width],
    "blk.0.ffn_gate": [width, inner],
    "blk.0.ffn_up": [width, inner],
    "blk.0.ffn_down": [inner, width],
  };
  const separate = tensorNamed(header, "output") === undefined ? {} : { output: [width, outputs] };
  for (const [name, shape] of Object.entries({ ...shapes, ...separate })) {
    const found = tensorNamed(header, name)?.dimensions;
    if (found === undefined) throw damaged(header.path, `the tensor ${name}.weight is missing`);
    if (found.join() === shape.join()) continue;
    const message = `${name}.weight is ${found.join(" by ")}, not ${shape.join(" by ")}`;
    throw damaged(header.path, message);
  }
}

function embeddingsOf(header: GgufHeader): GgufTensor {
  const tensor = tensorNamed(header, "token_embd") as GgufTensor;
  if (readableTypes.includes(tensor.type)) return tensor;
  const names = readableTypes.map(tensorTypeName).join(", ");
  throw environmentError(
    "heads-type",
    `${header.path} has its embeddings as ${tensorTypeName(tensor.type)}, which specdec does not read`,
    `Export them as one of ${names}.`,
  );
}

function tensorNamed({ tensors }: GgufHeader, name: string): GgufTensor | undefined {
  return tensors.find((tensor) => tensor.name === `${name}.weight`);
}
