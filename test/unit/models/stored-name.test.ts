import { expect, test } from "vitest";
import { storedFileName } from "../../../src/models/stored-name.ts";

// That node-llama-cpp gives the same names: test/model/preset-uris.test.ts.
test.each([
  ["hf:Qwen/Qwen3-8B-GGUF:Q4_K_M", "hf_Qwen_Qwen3-8B.Q4_K_M.gguf"],
  ["hf:user/model:q8_0", "hf_user_model_model.Q8_0.gguf"],
  ["hf:user/Model-GGUF/model-q4.gguf", "hf_user_model-q4.gguf"],
  ["hf:user/Model-GGUF/x/other.gguf#dev", "hf_user_Model-GGUF_dev_x_other.gguf"],
  ["https://example.org/models/tiny.gguf?x=1", "tiny.gguf"],
  ["https://example.org/a%3Ab.gguf", "a!b.gguf"],
])("%s is kept as %s", (uri, name) => {
  expect(storedFileName(uri)).toBe(name);
});

test("any part of a split model leads to the first one", () => {
  expect(storedFileName("hf:user/Model-GGUF/big-00002-of-00003.gguf")).toBe(
    "hf_user_Model-GGUF_big-00001-of-00003.gguf",
  );
});

test.each([
  "model.gguf",
  "hf:user",
  "hf:user/model",
  "hf:user/model:",
  "hf:user/model/readme.md",
  "https://example.org/",
  "ftp://example.org/model.gguf",
])("%s names no model", (uri) => {
  expect(storedFileName(uri)).toBeUndefined();
});
