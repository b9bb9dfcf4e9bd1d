import { availableMemory } from "node:process";
import { setImmediate as turn } from "node:timers/promises";
import { environmentError } from "../../errors.ts";
import { contextSizeFor } from "../context-size.ts";
import { explainLoadFailure } from "../load-failure.ts";
import { type ModelFile, readModelFile } from "../node-llama-cpp/model-file.ts";
import type { Runtime } from "../node-llama-cpp/runtime.ts";
import type { Engine, EngineOptions, InspectedModel, ModelOptions, OpenModel } from "../port.ts";
import {
  type Bindings,
  openBindings,
  type Params,
  type Pointer,
  progressCallback,
} from "./bindings.ts";
import { boundReleases, layoutOf } from "./layout.ts";
import { LibllamaSequence } from "./sequence.ts";
import { libllamaVocabulary } from "./vocabulary.ts";
import { startWorkerTeam, type WorkerTeam } from "./worker-team.ts";

/** Tokens a llama_decode takes at most; more make the compute buffers larger and nothing faster. */
const batchSize = 512;
/** Outputs of a batch at most. llama.cpp wants one for each sequence id at least. */
const maxOutputs = 64;
/** Enough for trees of some twenty tokens. llama_decode goes over all pairs of sequences each time. */
const defaultMaxBranches = 16;
/** `LLAMA_LOAD_MODE_NONE` and `LLAMA_LOAD_MODE_MMAP` (llama.h). */
const loadModes = { read: 0, mmap: 1 } as const;
/** `enum llama_flash_attn_type` (llama.h). */
const flashAttention = { auto: -1, off: 0, on: 1 } as const;
/** `LLAMA_POOLING_TYPE_NONE` (llama.h). */
const poolingNone = 0;

/**
 * The engine of choice: llama.h itself, through koffi, in the library that node-llama-cpp loaded.
 *
 * Every call is synchronous and from the same thread. ggml gives each calling thread a worker team
 * of its own, so calls that wander over a thread pool make the teams fight for the cores (measured
 * on two cores: 14 ms a token became 25 to 33 ms).
 *
 * @throws UserError "cannot-bind" where this library cannot be bound; nothing was called then
 */
export function libllamaEngine(runtime: Runtime, options: EngineOptions): Engine {
  const bindings = bindRuntime(runtime);
  let team: WorkerTeam | undefined;
  return {
    info: {
      engine: "libllama",
      release: runtime.release,
      backend: runtime.backend,
      threads: runtime.threads,
      trees: true,
    },
    inspect: (path) => inspect(bindings, runtime, path),
    open: async (model) => {
      const opened = await open(bindings, runtime, options, model);
      team ??= startWorkerTeam(bindings, runtime.sharedObjects, runtime.threads);
      team?.attach(opened.context);
      return opened;
    },
    close: () => team?.free(),
  };
}

function bindRuntime(runtime: Runtime): Bindings {
  const { release, libraryPath } = runtime;
  const layout = layoutOf(release);
  if (layout === undefined) {
    const known = boundReleases.join(", ");
    throw cannotBind(`llama.cpp ${release} is loaded, and specdec binds ${known}`);
  }
  if (libraryPath === undefined) {
    throw cannotBind(
      `llama.cpp ${release} is linked into node-llama-cpp, not a library of its own`,
    );
  }
  try {
    return openBindings(libraryPath, layout);
  } catch (cause) {
    throw cannotBind(cause instanceof Error ? cause.message : String(cause));
  }
}

function cannotBind(reason: string): Error {
  return environmentError(
    "cannot-bind",
    `libllama cannot be bound: ${reason}`,
    "Use --engine node-llama-cpp, or the node-llama-cpp version that specdec pins.",
  );
}

async function inspect(
  bindings: Bindings,
  runtime: Runtime,
  path: string,
): Promise<InspectedModel> {
  const file = await readModelFile(path);
  const params = { ...bindings.modelDefaultParams(), vocab_only: true, n_gpu_layers: 0 };
  const model = await load(bindings, runtime, file, params);
  return {
    info: file.info,
    vocabulary: libllamaVocabulary(bindings, model, file),
    close: () => bindings.modelFree(model),
  };
}

async function open(
  bindings: Bindings,
  runtime: Runtime,
  options: EngineOptions,
  { path, contextSize: wanted, hiddenStates, onProgress }: ModelOptions,
): Promise<OpenModel & { readonly context: Pointer }> {
  const file = await readModelFile(path);
  const contextSize = contextSizeFor(file.info, wanted);
  checkMemory(file, runtime);
  const progress = progressCallback(onProgress);
  const { gpuLayers, mmap } = options;
  const model = await load(bindings, runtime, file, {
    ...bindings.modelDefaultParams(),
    // Any negative number of layers is all of them.
    n_gpu_layers: gpuLayers === "max" ? -1 : gpuLayers,
    load_mode: mmap ? loadModes.mmap : loadModes.read,
    progress_callback: progress.pointer,
  }).finally(progress.release);
  const contextParams: Params = {
    ...bindings.contextDefaultParams(),
    n_ctx: contextSize,
    n_batch: batchSize,
    n_ubatch: batchSize,
    n_seq_max: (options.maxBranches ?? defaultMaxBranches) + 1,
    n_outputs_max: maxOutputs,
    n_threads: runtime.threads,
    n_threads_batch: runtime.threads,
    flash_attn_type: flashAttention[options.flashAttention],
    embeddings: hiddenStates,
    ...(hiddenStates && { pooling_type: poolingNone }),
    kv_unified: true,
  };
  const context = bindings.contextInit(model, contextParams);
  if (context === null) {
    bindings.modelFree(model);
    throw await contextFailure(runtime, file, contextSize);
  }
  const vocabulary = libllamaVocabulary(bindings, model, file);
  const sequence = new LibllamaSequence({
    bindings,
    context,
    capacity: contextSize,
    vocabularySize: vocabulary.size,
    embeddingWidth: bindings.modelEmbeddingWidth(model),
    batchSize,
    maxOutputs,
    maxBranches: options.maxBranches ?? defaultMaxBranches,
    prefillChunk: runtime.backend === "cpu" ? 32 : batchSize,
    hiddenStates,
    asynchronous: runtime.backend !== "cpu",
  });
  return {
    info: {
      ...file.info,
      canRollBack: !bindings.modelIsRecurrent(model) && !bindings.modelIsHybrid(model),
    },
    vocabulary,
    sequence,
    context,
    close: () => {
      bindings.contextFree(context);
      bindings.modelFree(model);
    },
  };
}

async function load(
  bindings: Bindings,
  runtime: Runtime,
  file: ModelFile,
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
function checkMemory(file: ModelFile, runtime: Runtime): void {
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
  file: ModelFile,
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
