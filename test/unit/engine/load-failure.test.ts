import { expect, test } from "vitest";
import { explainLoadFailure } from "../../../src/engine/load-failure.ts";
import type { ModelFile } from "../../../src/engine/node-llama-cpp/model-file.ts";

const file = { path: "m.gguf" } as ModelFile;

test.each([
  [
    "error loading model: unknown model architecture: 'frob'",
    "unsupported-architecture",
    'm.gguf has the architecture "frob"',
  ],
  ["tensor 'a' data is not within the file bounds", "model-truncated", "incomplete or damaged"],
  ["unable to allocate CUDA0 buffer", "not-enough-memory", "does not fit into memory"],
])("%s", (line, code, message) => {
  const error = explainLoadFailure(file, ["llama_model_load: hello", line, "failed to load model"]);
  expect(error).toMatchObject({ code, exitCode: 3, message: expect.stringContaining(message) });
});

test("quotes the first complaint of a log that nobody knows", () => {
  const log = ["loading", "  error: wheel came off", "failed to load model"];
  expect(explainLoadFailure(file, log).message).toBe(
    "m.gguf cannot be loaded: error: wheel came off",
  );
});

test("says no more than it knows", () => {
  expect(explainLoadFailure(file, []).message).toBe("m.gguf cannot be loaded");
});
