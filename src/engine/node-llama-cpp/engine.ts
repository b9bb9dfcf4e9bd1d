import {
  InsufficientMemoryError,
  type LlamaContext,
  type LlamaModel,
  type LlamaModelOptions,
} from "node-llama-cpp";
import { environmentError } from "../../errors.ts";
import { contextSizeFor } from "../context-size.ts";
import { readHeadsFile } from "../heads/heads-file.ts";
import { explainLoadFailure } from "../load-failure.ts";
import type { Engine, EngineOptions, InspectedModel, ModelOptions, OpenModel } from "../port.ts";
import { type ModelFile, readModelFile } from "./model-file.ts";
import type { Runtime } from "./runtime.ts";
import { batchSize, NodeSequence } from "./sequence.ts";
import { modelVocabulary } from "./vocabulary.ts";

/**
 * The engine port over node-llama-cpp's public API alone: what runs where libllama cannot be bound.
 * Opening takes longer than there (1 s for a vocabulary of 150,000 tokens, which it reads as
 * JavaScript strings), and so does every step.
 *
 * @param runtime stays the caller's to close
 */
export function nodeLlamaCppEngine(runtime: Runtime, options: EngineOptions): Engine {
  const { release, backend, threads } = runtime;
  return {
    info: { engine: "node-llama-cpp", release, backend, threads, trees: false },
    inspect: (path) => inspect(runtime, path),
    open: (model) => open(runtime, options, model),
    inspectHeads: async (path) => readHeadsFile(path).info,
    openHeads: async () => {
      throw noHiddenStates();
    },
    close: () => undefined,
  };
}

async function inspect(runtime: Runtime, path: string): Promise<InspectedModel> {
  const file = await readModelFile(path);
  const model = await load(runtime, file, { vocabOnly: true, gpuLayers: 0 });
  return {
    info: file.info,
    vocabulary: modelVocabulary(model, file),
    close: () => model.dispose(),
  };
}

async function open(
  runtime: Runtime,
  options: EngineOptions,
  { hiddenStates, ...wanted }: ModelOptions,
): Promise<OpenModel> {
  if (hiddenStates) throw noHiddenStates();
  const { file, model, context, capacity, close } = await loadModel(runtime, options, wanted);
  return {
    info: file.info,
    vocabulary: modelVocabulary(model, file),
    sequence: new NodeSequence({
      sequence: context.getSequence(),
      capacity,
      vocabularySize: file.info.vocabularySize,
      prefillChunk: runtime.backend === "cpu" ? 32 : batchSize,
      canRollBack: file.info.canRollBack,
    }),
    close,
  };
}

/** A model in memory, as node-llama-cpp holds it. */
export interface LoadedModel {
  readonly file: ModelFile;
  readonly model: LlamaModel;
  /** With room for one sequence. */
  readonly context: LlamaContext;
  /** Tokens that a sequence may hold, less than the context's own size. */
  readonly capacity: number;
  close(): Promise<void>;
}

/**
 * Loads a model and makes a context for it.
 *
 * @throws UserError where memory, context or architecture do not allow it
 */
export async function loadModel(
  runtime: Runtime,
  options: EngineOptions,
  { path, contextSize, onProgress }: Omit<ModelOptions, "hiddenStates">,
): Promise<LoadedModel> {
  const file = await readModelFile(path);
  const capacity = contextSizeFor(file.info, contextSize);
  const stop = new AbortController();
  const model = await load(runtime, file, {
    gpuLayers: options.gpuLayers,
    useMmap: options.mmap,
    defaultContextFlashAttention: flashAttention[options.flashAttention],
    // A sliding-window cache forgets positions that a rollback needs.
    defaultContextSwaFullCache: true,
    loadSignal: stop.signal,
    onLoadProgress: (fraction) => {
      if (!onProgress(fraction)) stop.abort();
    },
  });
  const context = await createContext(runtime, file, model, capacity);
  const close = async (): Promise<void> => {
    await context.dispose();
    await model.dispose();
  };
  return { file, model, context, capacity, close };
}

const flashAttention = { auto: "auto", on: true, off: false } as const;

async function load(
  runtime: Runtime,
  file: ModelFile,
  options: Omit<LlamaModelOptions, "modelPath">,
): Promise<LlamaModel> {
  const aborted = () => environmentError("aborted", "the load was stopped");
  try {
    const model = await runtime.llama.loadModel({ modelPath: file.path, ...options });
    if (!options.loadSignal?.aborted) return model;
    // The word came when the last weights were in.
    await model.dispose();
    throw aborted();
  } catch (cause) {
    if (options.loadSignal?.aborted) throw aborted();
    if (cause instanceof InsufficientMemoryError) {
      throw environmentError(
        "not-enough-memory",
        `${file.info.file} does not fit into memory: ${cause.message}`,
        "Close other programs, take a smaller quantisation, or put fewer layers on the GPU.",
      );
    }
    throw explainLoadFailure(file, runtime.logTail());
  }
}

async function createContext(
  runtime: Runtime,
  file: ModelFile,
  model: LlamaModel,
  capacity: number,
): Promise<LlamaContext> {
  try {
    return await model.createContext({
      // node-llama-cpp never fills the last cell: it shifts before.
      contextSize: capacity + 1,
      batchSize,
      threads: runtime.threads,
      failedCreationRemedy: false,
    });
  } catch (cause) {
    await model.dispose();
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw environmentError(
      "context-too-large",
      `${file.info.file} cannot have a context of ${capacity} tokens: ${reason}`,
      "Ask for a smaller one with --ctx.",
    );
  }
}

function noHiddenStates(): Error {
  return environmentError(
    "no-hidden-states",
    "node-llama-cpp's own API gives no hidden states, which draft heads read",
    "Use --engine libllama.",
  );
}
