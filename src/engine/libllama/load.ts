import { availableMemory } from "node:process";
import { setImmediate as turn } from "node:timers/promises";
import { environmentError } from "../../errors.ts";
import { explainLoadFailure } from "../load-failure.ts";
import type { Runtime } from "../node-llama-cpp/runtime.ts";
import type { EngineOptions } from "../port.ts";
import { type Bindings, type Params, type Pointer, progressCallback } from "./bindings.ts";

/** Tokens a llama_decode takes at most; more make the compute buffers larger and nothing faster. */
export const batchSize = 512;
/** Outputs of a batch at most. llama.cpp wants one for each sequence id at least. */
export const maxOutputs = 64;
/** `LLAMA_LOAD_MODE_NONE` and `LLAMA_LOAD_MODE_MMAP` (llama.h). */
const loadModes = { read: 0, mmap: 1 } as const;
/** `enum llama_flash_attn_type` (llama.h). */
const flashAttention = { auto: -1, off: 0, on: 1 } as const;
/** `LLAMA_POOLING_TYPE_NONE` (llama.h). */
const poolingNone = 0;

/** What an engine opens models with. */
export interface EngineParts {
  readonly bindings: Bindings;
  readonly runtime: Runtime;
  readonly options: EngineOptions;
}

/** A file with weights, as far as messages need to know it. */
interface WeightsFile {
  readonly path: string;
  readonly info: { readonly file: string; readonly sizeBytes: number };
}

/** Loads a model with its weights. @throws UserError where they cannot be loaded, or do not fit */
export async function loadWeights(
  parts: EngineParts,
  file: WeightsFile,
  onProgress: (fraction: number) => boolean,
): Promise<Pointer> {
  const { bindings, runtime, options } = parts;
  checkMemory(file, runtime);
  const progress = progressCallback(onProgress);
  const { gpuLayers, mmap } = options;
  return load(parts, file, {
    ...bindings.modelDefaultParams(),
    // Any negative number of layers is all of them.
    n_gpu_layers: gpuLayers === "max" ? -1 : gpuLayers,
    load_mode: mmap ? loadModes.mmap : loadModes.read,
    progress_callback: progress.pointer,
  }).finally(progress.release);
}

/** What a context is made for. */
interface ContextOptions {
  readonly file: WeightsFile;
  readonly model: Pointer;
  readonly contextSize: number;
  readonly maxBranches: number;
  readonly hiddenStates: boolean;
}

/** Makes a context. @throws UserError where there is no room for it; the model is freed then */
export async function createContext(
  { bindings, runtime, options }: EngineParts,
  { file, model, contextSize, maxBranches, hiddenStates }: ContextOptions,
): Promise<Pointer> {
  const params: Params = {
    ...bindings.contextDefaultParams(),
    n_ctx: contextSize,
    n_batch: batchSize,
    n_ubatch: batchSize,
    n_seq_max: maxBranches + 1,
    n_outputs_max: maxOutputs,
    n_threads: runtime.threads,
    n_threads_batch: runtime.threads,
    flash_attn_type: flashAttention[options.flashAttention],
    embeddings: hiddenStates,
    ...(hiddenStates && { pooling_type: poolingNone }),
    kv_unified: true,
  };
  const context = bindings.contextInit(model, params);
  if (context !== null) return context;
  bindings.modelFree(model);
  throw await contextFailure(runtime, file, contextSize);
}

/** Loads a model as it is told. @throws UserError that says what llama.cpp says of it */
export async function load(
  { bindings, runtime }: EngineParts,
  file: WeightsFile,
  params: Params,
): Promise<Pointer> {
  const model = bindings.modelLoad(file.path, params);
  if (model !== null) return model;
  // The library's log comes through node-llama-cpp's queue, a turn or two later.
  await turn();
  await turn();
  throw explainLoadFailure(file, runtime.logTail());
}

/** Weights that do not fit are found out before the system starts to kill processes. */
function checkMemory(file: WeightsFile, runtime: Runtime): void {
  if (runtime.backend !== "cpu") return;
  const available = availableMemory();
  if (file.info.sizeBytes <= available) return;
  throw environmentError(
    "not-enough-memory",
    `${file.info.file} needs ${gigabytes(file.info.sizeBytes)} for its weights, and ${gigabytes(available)} are free`,
    "Close other programs, or take a smaller quantisation of the model.",
  );
}

async function contextFailure(
  runtime: Runtime,
  file: WeightsFile,
  contextSize: number,
): Promise<Error> {
  await turn();
  await turn();
  const log = runtime.logTail();
  const bytes = /failed to allocate buffer of size (\d+)/.exec(log.join("\n"))?.[1];
  const reason =
    bytes === undefined
      ? (log.find((line) => /error|fail|invalid/i.test(line)) ?? "llama.cpp does not say why")
      : `not enough memory for ${gigabytes(Number(bytes))}`;
  return environmentError(
    "context-too-large",
    `${file.info.file} cannot have a context of ${contextSize} tokens: ${reason.trim()}`,
    "Ask for a smaller one with --ctx.",
  );
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
