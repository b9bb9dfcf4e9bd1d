import { availableMemory } from "node:process";
import { setImmediate as turn } from "node:timers/promises";
import { environmentError } from "../../errors.ts";
import { contextSizeFor } from "../context-size.ts";
import { headsData } from "../heads/heads-data.ts";
import { readHeadsFile } from "../heads/heads-file.ts";
import { explainLoadFailure } from "../load-failure.ts";
import { readModelFile } from "../node-llama-cpp/model-file.ts";
import type { Runtime } from "../node-llama-cpp/runtime.ts";
import type {
  Engine,
  EngineOptions,
  InspectedModel,
  ModelOptions,
  OpenHeads,
  OpenModel,
} from "../port.ts";
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
  const parts: EngineParts = { bindings, runtime, options };
  let team: WorkerTeam | undefined;
  const join = (context: Pointer): void => {
    team ??= startWorkerTeam(bindings, runtime.sharedObjects, runtime.threads);
    team?.attach(context);
  };
  return {
    info: {
      engine: "libllama",
      release: runtime.release,
      backend: runtime.backend,
      threads: runtime.threads,
      trees: true,
    },
    inspect: (path) => inspect(parts, path),
    open: async (model) => {
      const opened = await open(parts, model);
      join(opened.context);
      return opened;
    },
    inspectHeads: async (path) => readHeadsFile(path).info,
    openHeads: async (path, contextSize) => {
      const opened = await openHeads(parts, path, contextSize);
      join(opened.context);
      return opened;
    },
    close: () => team?.free(),
  };
}

/** What an engine opens models with. */
interface EngineParts {
  readonly bindings: Bindings;
  readonly runtime: Runtime;
  readonly options: EngineOptions;
}

/** A file with weights, as far as messages need to know it. */
interface WeightsFile {
  readonly path: string;
  readonly info: { readonly file: string; readonly sizeBytes: number };
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

async function inspect(parts: EngineParts, path: string): Promise<InspectedModel> {
  const { bindings } = parts;
  const file = await readModelFile(path);
  const params = { ...bindings.modelDefaultParams(), vocab_only: true, n_gpu_layers: 0 };
  const model = await load(parts, file, params);
  return {
    info: file.info,
    vocabulary: libllamaVocabulary(bindings, model, file),
    close: () => bindings.modelFree(model),
  };
}

async function open(
  parts: EngineParts,
  { path, contextSize: wanted, hiddenStates, onProgress }: ModelOptions,
): Promise<OpenModel & { readonly context: Pointer }> {
  const { bindings, runtime, options } = parts;
  const file = await readModelFile(path);
  const contextSize = contextSizeFor(file.info, wanted);
  const maxBranches = options.maxBranches ?? defaultMaxBranches;
  const model = await loadWeights(parts, file, onProgress);
  const shape = { contextSize, maxBranches, hiddenStates };
  const context = await createContext(parts, { file, model, ...shape });
  const vocabulary = libllamaVocabulary(bindings, model, file);
  const sequence = new LibllamaSequence({
    bindings,
    context,
    capacity: contextSize,
    vocabularySize: vocabulary.size,
    embeddingWidth: bindings.modelEmbeddingWidth(model),
    batchSize,
    maxOutputs,
    maxBranches,
    // The last chunk of a prompt has an output, and with hidden states all its tokens have.
    prefillChunk: runtime.backend === "cpu" ? 32 : hiddenStates ? maxOutputs : batchSize,
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

/** The model of heads has no vocabulary: llama.cpp ends the process where it is asked about one. */
async function openHeads(
  parts: EngineParts,
  path: string,
  contextSize: number,
): Promise<OpenHeads & { readonly context: Pointer }> {
  const { bindings, runtime, options } = parts;
  const file = readHeadsFile(path);
  const { kind, count, width, outputs } = file.info;
  const chained = kind === "chained";
  const data = headsData(file);
  const model = await loadWeights(parts, file, () => true);
  // Parallel heads are one batch of rows that do not see each other, each a branch of its own.
  const maxBranches = chained ? (options.maxBranches ?? defaultMaxBranches) : count;
  const capacity = chained ? contextSize : count;
  const shape = { contextSize: capacity, maxBranches, hiddenStates: chained };
  const context = await createContext(parts, { file, model, ...shape });
  const sequence = new LibllamaSequence({
    bindings,
    context,
    capacity,
    vocabularySize: file.tokens === undefined ? outputs : outputs + 1,
    embeddingWidth: width,
    batchSize: Math.min(batchSize, maxOutputs),
    maxOutputs,
    maxBranches,
    prefillChunk: maxOutputs,
    hiddenStates: chained,
    inputWidth: width,
    asynchronous: runtime.backend !== "cpu",
  });
  return {
    ...data,
    info: file.info,
    sequence,
    context,
    close: () => {
      bindings.contextFree(context);
      bindings.modelFree(model);
    },
  };
}

async function loadWeights(
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

/** @throws UserError where there is no room for it; the model is freed then */
async function createContext(
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

async function load(
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
