import { availableParallelism } from "node:os";
import type { InferredOptionTypes, Options } from "yargs";
import type { PairOptions } from "../engine/pair.ts";
import { usageError } from "../errors.ts";
import { maxContext } from "../limits.ts";
import { modelsFolder } from "../models/models-folder.ts";
import { parseNumber } from "./numbers.ts";

/** Whether a draft model may differ from its target in a few tokens. */
export const strictVocabularyOption = {
  "strict-vocabulary": {
    type: "boolean",
    describe: "Refuse a draft model that differs from the target in even one token",
    group: "Models:",
  },
} as const satisfies Record<string, Options>;

/** Flags that choose the pair and how it runs; every command that loads models has them. */
export const modelOptions = {
  preset: {
    type: "string",
    requiresArg: true,
    describe: "A pair with its settings, by name or file; other flags win over it",
    defaultDescription: "python-tiny without --target",
    group: "Models:",
  },
  target: {
    type: "string",
    requiresArg: true,
    describe: "GGUF file of the model whose output you want",
    group: "Models:",
  },
  draft: {
    type: "string",
    requiresArg: true,
    describe: "GGUF file of a smaller model with the same vocabulary",
    group: "Models:",
  },
  ...strictVocabularyOption,
  heads: {
    type: "string",
    requiresArg: true,
    describe: "GGUF file of draft heads, trained for the target",
    group: "Models:",
  },
  ctx: {
    type: "string",
    requiresArg: true,
    describe: "Context in tokens; 0 for the model's own, at most 4096",
    group: "Models:",
  },
  "models-dir": {
    type: "string",
    requiresArg: true,
    describe: "Folder of fetched models",
    defaultDescription: "SPECDEC_MODELS, else a cache folder",
    group: "Models:",
  },
  gpu: {
    choices: ["auto", "off", "cuda", "vulkan", "metal"],
    describe: "GPU backend; auto takes what is there, off runs on the CPU",
    group: "Engine:",
  },
  "gpu-layers": {
    type: "string",
    requiresArg: true,
    describe: "Layers to put on the GPU: a number, or max",
    group: "Engine:",
  },
  threads: {
    type: "string",
    requiresArg: true,
    describe: "Threads to decode with; 0 for one a core that is good at maths",
    group: "Engine:",
  },
  "no-mmap": {
    type: "boolean",
    describe: "Read the model file instead of mapping it into memory",
    group: "Engine:",
  },
  "flash-attn": {
    choices: ["auto", "on", "off"],
    describe: "Flash attention",
    group: "Engine:",
  },
  engine: {
    // "fake", a toy model for tests, is a choice too and not advertised.
    type: "string",
    requiresArg: true,
    describe: "auto, libllama (bound directly) or node-llama-cpp (its public API; slower)",
    group: "Engine:",
  },
} as const satisfies Record<string, Options>;

/** The flags of `modelOptions`, as they were given. */
export type ModelFlags = InferredOptionTypes<typeof modelOptions>;

/** What `modelOptions` come to. */
export type ModelValues = ReturnType<typeof modelDefaults>;

/** What holds where nothing else is said. */
export function modelDefaults(env: NodeJS.ProcessEnv = process.env) {
  return {
    target: undefined as string | undefined,
    draft: undefined as string | undefined,
    // One file, or several where they are an axis.
    heads: undefined as string | readonly string[] | undefined,
    "strict-vocabulary": false,
    ctx: "0",
    "models-dir": modelsFolder(undefined, env),
    gpu: "auto",
    "gpu-layers": "max",
    threads: "0",
    "no-mmap": false,
    "flash-attn": "auto",
    engine: "auto",
  };
}

const engines = ["auto", "libllama", "node-llama-cpp", "fake"] as const;
const maxThreads = 1024;
/** Beyond so many for each core a machine hardly answers any more. */
const mostForACore = 8;
const maxLayers = 10_000;

/**
 * How the pair runs, without its files.
 *
 * @throws UserError for a value out of its range
 */
export function engineOptions(
  values: ModelValues,
): Omit<PairOptions, "target" | "draft" | "heads"> {
  const engine = engines.find((name) => name === values.engine);
  if (engine === undefined) {
    throw usageError(
      `--engine ${values.engine} is none of ${engines.filter((name) => name !== "fake").join(", ")}`,
    );
  }
  const gpuLayers = values["gpu-layers"];
  return {
    engine,
    contextSize: parseNumber(values.ctx, { name: "--ctx", min: 0, max: maxContext, whole: true }),
    gpu: values.gpu as PairOptions["gpu"],
    gpuLayers:
      gpuLayers === "max"
        ? "max"
        : parseNumber(gpuLayers, { name: "--gpu-layers", min: 0, max: maxLayers, whole: true }),
    threads: threadsOf(values.threads),
    mmap: !values["no-mmap"],
    flashAttention: values["flash-attn"] as PairOptions["flashAttention"],
    strictVocabulary: values["strict-vocabulary"],
  };
}

/** @throws UserError for more than the machine could bear */
function threadsOf(text: string): number {
  const threads = parseNumber(text, { name: "--threads", min: 0, max: maxThreads, whole: true });
  const cores = availableParallelism();
  if (threads <= mostForACore * cores) return threads;
  throw usageError(
    `--threads ${threads} is more than ${mostForACore} for each of this machine's cores, ${cores}`,
    "Threads wait for each other: one a core is the most that helps. Left out, it is chosen by the cores.",
  );
}

/**
 * Refuses an option whose value is empty, as a shell variable that is not set makes it.
 *
 * @throws UserError that names the option
 */
export function requireText(name: string, text: string): string {
  if (text.trim() !== "") return text;
  throw usageError(`${name} is empty`, "Name a file; a shell variable may not be set.");
}
