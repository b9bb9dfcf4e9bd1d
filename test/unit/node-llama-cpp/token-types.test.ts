import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readHeaderVocabulary } from "../../../src/engine/node-llama-cpp/header-vocabulary.ts";
import { ordinaryTokens } from "../../../src/engine/node-llama-cpp/token-types.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { smallModel, type WrittenGguf, writeGguf } from "./write-gguf.ts";

const tokens = ["<unk>", "a", "<s>", "<tool>", "<pad>", "<0x0A>", "b"];

function write(metadata: WrittenGguf["metadata"]): string {
  const path = join(temporaryFolder(), "model.gguf");
  const all = { ...smallModel.metadata, "tokenizer.ggml.tokens": tokens, ...metadata };
  writeFileSync(path, writeGguf({ ...smallModel, metadata: all }).bytes);
  return path;
}

const kept = (isOrdinary: (token: number) => boolean): string[] =>
  tokens.filter((_, token) => isOrdinary(token));

test("text is made of normal and of byte tokens", async () => {
  // Unknown, normal, control, user-defined, unused, byte, normal.
  const path = write({ "tokenizer.ggml.token_type": { i32s: [2, 1, 3, 4, 5, 6, 1] } });
  expect(kept(ordinaryTokens(path))).toEqual(["a", "<0x0A>", "b"]);
  expect(kept((await readHeaderVocabulary(path)).isOrdinary)).toEqual(["a", "<0x0A>", "b"]);
});

test("all tokens are text in a file without types, and those beyond its types", () => {
  expect(kept(ordinaryTokens(write({})))).toEqual(tokens);
  const short = write({ "tokenizer.ggml.token_type": { i32s: [2, 1, 3] } });
  expect(kept(ordinaryTokens(short))).toEqual(["a", "<tool>", "<pad>", "<0x0A>", "b"]);
});

test("types that are no numbers are as good as none", () => {
  const path = write({ "tokenizer.ggml.token_type": ["control", "normal"] });
  expect(kept(ordinaryTokens(path))).toEqual(tokens);
});
