import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readGgufHeader } from "../../../src/engine/node-llama-cpp/gguf-header.ts";
import { cacheBytesPerToken } from "../../../src/models/cache-size.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { smallModel, type WrittenGguf, writeGguf } from "../node-llama-cpp/write-gguf.ts";

function bytesOf(changes: Partial<WrittenGguf>): number | undefined {
  const path = join(temporaryFolder(), "model.gguf");
  writeFileSync(path, writeGguf({ ...smallModel, ...changes }).bytes);
  return cacheBytesPerToken(readGgufHeader(path), "llama");
}

describe("a KV cache's bytes for one token", () => {
  test("follow from the matrices of keys and values, layer by layer", () => {
    const tensors = [
      { name: "blk.0.attn_q.weight", dimensions: [8, 8] },
      { name: "blk.0.attn_k.weight", dimensions: [8, 4] },
      { name: "blk.0.attn_v.weight", dimensions: [8, 6] },
      { name: "blk.1.attn_k.weight", dimensions: [8, 2] },
      { name: "blk.1.attn_v.weight", dimensions: [8, 3] },
    ];
    expect(bytesOf({ tensors })).toBe((4 + 6 + 2 + 3) * 2);
  });

  test("follow from what the file declares, where the matrices are fused", () => {
    const metadata = {
      ...smallModel.metadata,
      "llama.block_count": 2,
      "llama.attention.head_count": 4,
      "llama.attention.head_count_kv": 2,
    };
    // 2 layers × 2 heads × (2 + 2 wide) × 2 bytes.
    expect(bytesOf({ metadata })).toBe(32);
    const wide = { "llama.attention.key_length": 16, "llama.attention.value_length": 8 };
    expect(bytesOf({ metadata: { ...metadata, ...wide } })).toBe(2 * 2 * 24 * 2);
  });

  test("are not known of a file that says neither", () => {
    expect(bytesOf({})).toBeUndefined();
  });
});
