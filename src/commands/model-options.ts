import type { InferredOptionTypes, Options } from "yargs";
import type { PairOptions } from "../engine/pair.ts";
import { usageError } from "../errors.ts";
import { parseNumber } from "./numbers.ts";

/** Flags that choose the pair and how it runs; every command that loads models has them. */
export const modelOptions = {
  target: {
    type: "string",
    demandOption: "Name the target model with --target FILE.",
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
  ctx: {
    type: "string",
    default: "0",
    requiresArg: true,
    describe: "Context in tokens; 0 for the model's own, at most 4096",
    group: "Models:",
  },
  gpu: {
    choices: ["auto", "off", "cuda", "vulkan", "metal"],
    default: "auto",
    describe: "GPU backend; auto takes what is there, off runs on the CPU",
    group: "Engine:",
  },
  "gpu-layers": {
    type: "string",
    default: "max",
    requiresArg: true,
    describe: "Layers to put on the GPU: a number, or max",
    group: "Engine:",
  },
  threads: {
    type: "string",
    default: "0",
    requiresArg: true,
    describe: "Threads to decode with; 0 for one a core that is good at maths",
    group: "Engine:",
  },
  "no-mmap": {
    type: "boolean",
    default: false,
    describe: "Read the model file instead of mapping it into memory",
    group: "Engine:",
  },
  "flash-attn": {
    choices: ["auto", "on", "off"],
    default: "auto",
    describe: "Flash attention",
    group: "Engine:",
  },
  engine: {
    // "fake", a toy model for tests, is a choice too and not advertised.
    type: "string",
    default: "auto",
    requiresArg: true,
    describe: "auto, libllama (bound directly) or node-llama-cpp (its public API; slower)",
    group: "Engine:",
  },
} as const satisfies Record<string, Options>;

const engines = ["auto", "libllama", "node-llama-cpp", "fake"] as const;
const maxContext = 16_777_216;
const maxThreads = 1024;
const maxLayers = 10_000;

/** @throws UserError for a value out of its range */
export function pairOptions(flags: InferredOptionTypes<typeof modelOptions>): PairOptions {
  const engine = engines.find((name) => name === flags.engine);
  if (engine === undefined) {
    throw usageError(
      `--engine ${flags.engine} is none of ${engines.filter((name) => name !== "fake").join(", ")}`,
    );
  }
  const gpuLayers = flags["gpu-layers"];
  return {
    engine,
    target: requireText("--target", flags.target),
    ...(flags.draft !== undefined && { draft: requireText("--draft", flags.draft) }),
    contextSize: parseNumber(flags.ctx, { name: "--ctx", min: 0, max: maxContext, whole: true }),
    gpu: flags.gpu as PairOptions["gpu"],
    gpuLayers:
      gpuLayers === "max"
        ? "max"
        : parseNumber(gpuLayers, { name: "--gpu-layers", min: 0, max: maxLayers, whole: true }),
    threads: parseNumber(flags.threads, {
      name: "--threads",
      min: 0,
      max: maxThreads,
      whole: true,
    }),
    mmap: !flags["no-mmap"],
    flashAttention: flags["flash-attn"] as PairOptions["flashAttention"],
  };
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
