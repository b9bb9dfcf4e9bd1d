import { environmentError } from "../../errors.ts";
import { contextSizeFor } from "../context-size.ts";
import { headsData } from "../heads/heads-data.ts";
import { readHeadsFile } from "../heads/heads-file.ts";
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
import { type Bindings, openBindings, type Pointer } from "./bindings.ts";
import { boundReleases, layoutOf } from "./layout.ts";
import {
  batchSize,
  createContext,
  type EngineParts,
  load,
  loadWeights,
  maxOutputs,
} from "./load.ts";
import { LibllamaSequence } from "./sequence.ts";
import { libllamaVocabulary } from "./vocabulary.ts";
import { startWorkerTeam, type WorkerTeam } from "./worker-team.ts";

/** Enough for trees of some twenty tokens. llama_decode goes over all pairs of sequences each time. */
const defaultMaxBranches = 16;
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
  const canRollBack = !bindings.modelIsRecurrent(model) && !bindings.modelIsHybrid(model);
  const sequence = new LibllamaSequence({
    bindings,
    context,
    file: file.info.file,
    capacity: contextSize,
    vocabularySize: vocabulary.size,
    embeddingWidth: bindings.modelEmbeddingWidth(model),
    batchSize,
    maxOutputs,
    maxBranches,
    // The last chunk of a prompt has an output, and with hidden states all its tokens have.
    prefillChunk: runtime.backend === "cpu" ? 32 : hiddenStates ? maxOutputs : batchSize,
    hiddenStates,
    canRollBack,
    asynchronous: runtime.backend !== "cpu",
  });
  return {
    info: { ...file.info, canRollBack },
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
    file: file.info.file,
    capacity,
    vocabularySize: file.tokens === undefined ? outputs : outputs + 1,
    embeddingWidth: width,
    batchSize: Math.min(batchSize, maxOutputs),
    maxOutputs,
    maxBranches,
    prefillChunk: maxOutputs,
    hiddenStates: chained,
    canRollBack: true,
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
