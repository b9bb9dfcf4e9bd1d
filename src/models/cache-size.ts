import type { GgufHeader } from "../engine/node-llama-cpp/gguf-header.ts";

/** Bytes of a number in a KV cache of type f16, llama.cpp's default. */
const f16Bytes = 2;

/**
 * Bytes of the KV cache for one token: keys and values of all attention layers in f16. An
 * estimate: a sliding window counts as a full layer, and a recurrent state not at all.
 *
 * @returns undefined where the header does not tell
 */
export function cacheBytesPerToken(header: GgufHeader, architecture: string): number | undefined {
  const width = projectedWidth(header) || declaredWidth(header, architecture);
  return width === 0 ? undefined : width * f16Bytes;
}

/** From the matrices that make keys and values: right even where layers differ in their heads. */
function projectedWidth({ tensors }: GgufHeader): number {
  return tensors
    .filter(({ name }) => /^blk\.\d+\.attn_[kv]\.weight$/.test(name))
    .reduce((sum, { dimensions }) => sum + (dimensions[1] ?? 1), 0);
}

/** layers × key/value heads × (width of a key + width of a value), where these are fused. */
function declaredWidth({ metadata }: GgufHeader, architecture: string): number {
  const number = (key: string): number | undefined => {
    const value = metadata.get(`${architecture}.${key}`);
    return typeof value === "number" ? value : undefined;
  };
  const heads = number("attention.head_count") ?? 0;
  const ownWidth = (number("embedding_length") ?? 0) / (heads || 1);
  const key = number("attention.key_length") ?? ownWidth;
  const value = number("attention.value_length") ?? ownWidth;
  return (
    (number("block_count") ?? 0) * (number("attention.head_count_kv") ?? heads) * (key + value)
  );
}
