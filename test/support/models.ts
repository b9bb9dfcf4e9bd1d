import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { EngineOptions, ModelOptions } from "../../src/engine/port.ts";

const folder = process.env.SPECDEC_MODELS ?? "";

const shipped = (name: string) =>
  fileURLToPath(new URL(`../../models/python-tiny-${name}.gguf`, import.meta.url));

/** The pair that comes with specdec, which every machine has. */
export const embedded = { target: shipped("target"), draft: shipped("draft") } as const;

/** Draft heads for its target, of both kinds. */
export const embeddedHeads = {
  parallel: shipped("parallel-heads"),
  chained: shipped("chained-heads"),
} as const;

/** Draft heads for SmolLM2 135M, which are in the repository and not in the package. */
export const smollmHeads = fileURLToPath(
  new URL("../../models/smollm2-135m/chained-heads.gguf", import.meta.url),
);

/** Larger models that the suites use too, where `SPECDEC_MODELS` names a folder that has them. */
export const models = {
  smollm: join(folder, "smollm2-135m.gguf"),
  qwenTarget: join(folder, "qwen2.5-coder-1.5b.gguf"),
  qwenDraft: join(folder, "qwen2.5-coder-0.5b.gguf"),
  gemma: join(folder, "gemma3-270m.gguf"),
} as const;

/** True where a model is not on this machine: its suite is reported as skipped. */
export function lacks(...paths: readonly string[]): boolean {
  return folder === "" || paths.some((path) => !existsSync(path));
}

/** How the suites run models: on the CPU, which every machine has. */
export const cpuOptions: EngineOptions = {
  gpu: "off",
  gpuLayers: 0,
  // Two threads crawl where another process takes a core.
  threads: 1,
  mmap: true,
  flashAttention: "auto",
};

/** A model to open with a small context. */
export function modelOptions(path: string, changes: Partial<ModelOptions> = {}): ModelOptions {
  return { path, contextSize: 256, hiddenStates: false, onProgress: () => true, ...changes };
}
