import type { DraftHeads } from "../../src/decoding/draft-heads.ts";
import { seededRandom } from "../../src/decoding/random.ts";
import {
  bytesOf,
  type WrittenGguf,
  type WrittenTensor,
  type WrittenValue,
} from "../unit/node-llama-cpp/write-gguf.ts";

export interface WrittenHeads {
  readonly kind: DraftHeads["kind"];
  readonly count: number;
  readonly width: number;
  readonly target: {
    readonly name: string;
    readonly architecture: string;
    readonly vocabularySize: number;
    readonly vocabularySha256: string;
    readonly headerSha256: string;
  };
  readonly tokens?: readonly number[];
  readonly seed?: number;
}

/** A file of heads with random weights, as docs/heads-format.md has it. */
export function headsGguf(heads: WrittenHeads): WrittenGguf {
  const { kind, count, width, target, tokens, seed = 1 } = heads;
  const random = seededRandom(seed);
  const uniform = (length: number, scale: number) =>
    Float32Array.from({ length }, () => (2 * random() - 1) * scale);
  const outputs = tokens === undefined ? target.vocabularySize : tokens.length + 1;
  const inner = 2 * width;
  const matrix = (name: string, ...dimensions: number[]): WrittenTensor => {
    const size = dimensions.reduce((a, b) => a * b, 1);
    const norm = dimensions.length === 1;
    const data = norm ? new Float32Array(size).fill(1) : uniform(size, width ** -0.5);
    return { name: `${name}.weight`, dimensions, data: bytesOf(data) };
  };
  const metadata: Record<string, WrittenValue> = {
    "general.architecture": "llama",
    "general.name": "random heads",
    "tokenizer.ggml.model": "no_vocab",
    "llama.context_length": 4096,
    "llama.embedding_length": width,
    "llama.block_count": 1,
    "llama.feed_forward_length": inner,
    "llama.attention.head_count": 2,
    "llama.attention.layer_norm_rms_epsilon": { f32: 1e-5 },
    "llama.vocab_size": outputs,
    "specdec.heads.version": 1,
    "specdec.heads.kind": kind,
    "specdec.heads.count": count,
    "specdec.heads.offsets": { f32s: [...uniform(count * width, 0.5)] },
    ...(tokens && { "specdec.heads.tokens": { i32s: tokens } }),
    "specdec.heads.target.name": target.name,
    "specdec.heads.target.architecture": target.architecture,
    "specdec.heads.target.vocabulary_size": target.vocabularySize,
    "specdec.heads.target.vocabulary_sha256": target.vocabularySha256,
    "specdec.heads.target.header_sha256": target.headerSha256,
    "specdec.heads.acceptance": { f32s: Array.from({ length: count }, (_, i) => 0.5 ** (i + 1)) },
    "specdec.heads.trained_tokens": { u64: 123_456 },
  };
  return {
    metadata,
    tensors: [
      matrix("token_embd", width, outputs),
      matrix("output_norm", width),
      matrix("blk.0.attn_norm", width),
      matrix("blk.0.attn_q", width, width),
      matrix("blk.0.attn_k", width, width),
      matrix("blk.0.attn_v", width, width),
      matrix("blk.0.attn_output", width, width),
      matrix("blk.0.ffn_norm", width),
      matrix("blk.0.ffn_gate", width, inner),
      matrix("blk.0.ffn_up", width, inner),
      matrix("blk.0.ffn_down", inner, width),
    ],
  };
}
