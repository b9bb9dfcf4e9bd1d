import { setTimeout as sleep } from "node:timers/promises";
import {
  getLlama,
  getLlamaGpuTypes,
  type Llama,
  LlamaLogLevel,
  NoBinaryFoundError,
} from "node-llama-cpp";
import { environmentError } from "../../errors.ts";
import { visibleText } from "../../text/visible-text.ts";
import type { EngineOptions } from "../port.ts";
import { findLibrary, sharedObjects } from "./loaded-library.ts";

/** llama.cpp in this process, as node-llama-cpp chose and loaded it. */
export interface Runtime {
  readonly llama: Llama;
  /** llama.cpp's release, for example "v0.5.0". */
  readonly release: string;
  readonly backend: "cpu" | "cuda" | "vulkan" | "metal";
  /** Threads for decoding, 1 or more. */
  readonly threads: number;
  /** The loaded libllama; undefined where it is linked into the addon. */
  readonly libraryPath: string | undefined;
  /** Paths of all shared objects in this process, llama.cpp's among them. */
  readonly sharedObjects: readonly string[];
  /** The last lines of llama.cpp's log. They arrive a turn of the event loop late. */
  logTail(): readonly string[];
  close(): Promise<void>;
}

/** Enough for the log of one model that fails to load. */
const logLines = 200;

/**
 * Loads llama.cpp, once a process: after `close` its log goes to stderr again, and a second runtime
 * does not catch all of it. Takes about 0.5 s, in which node-llama-cpp tries the binary in a child
 * process; read model files meanwhile.
 *
 * @throws UserError "gpu-absent" where the GPU that was asked for is not there, "no-binary" where
 *   there is no llama.cpp for this machine
 */
export async function startRuntime(options: EngineOptions): Promise<Runtime> {
  const { gpu } = options;
  const wanted = gpu === "auto" || gpu === "off" ? undefined : gpu;
  // Such a GPU node-llama-cpp would quietly replace by another.
  if (wanted !== undefined && !(await getLlamaGpuTypes("allValid")).includes(wanted)) {
    throw await gpuAbsent(wanted);
  }
  const log: string[] = [];
  const llama = await load(gpu, log);
  if (wanted !== undefined && llama.gpu !== wanted) {
    await llama.dispose();
    throw await gpuAbsent(wanted);
  }
  const objects = sharedObjects();
  return {
    llama,
    release: llama.llamaCppRelease.release,
    backend: llama.gpu === false ? "cpu" : llama.gpu,
    threads: options.threads || Math.max(1, llama.cpuMathCores),
    libraryPath: findLibrary(objects),
    sharedObjects: objects,
    logTail: () => [...log],
    close: () => dispose(llama),
  };
}

async function load(gpu: EngineOptions["gpu"], log: string[]): Promise<Llama> {
  try {
    return await getLlama({
      gpu: gpu === "off" ? false : gpu,
      build: "never",
      skipDownload: true,
      progressLogs: false,
      // At debug level one context writes thousands of lines.
      logLevel: isDebugging() ? LlamaLogLevel.debug : LlamaLogLevel.info,
      logger: (level, message) => keep(log, level, message),
      // 0 is no limit: --threads alone decides.
      maxThreads: 0,
    });
  } catch (cause) {
    if (!(cause instanceof NoBinaryFoundError)) throw cause;
    if (gpu !== "auto" && gpu !== "off") throw await gpuAbsent(gpu);
    throw environmentError(
      "no-binary",
      `node-llama-cpp has no llama.cpp for this machine (${process.platform} ${process.arch})`,
      "Install again without --omit=optional, or build one: npx node-llama-cpp source download.",
    );
  }
}

/** How long to wait for llama.cpp to be given back, in ms. */
const disposePatience = 1000;

/**
 * node-llama-cpp 3.22.1 waits for every model to be disposed, and forgets one whose load failed or
 * was stopped once it is garbage: then it waits for ever.
 */
async function dispose(llama: Llama): Promise<void> {
  const done = new AbortController();
  const patience = sleep(disposePatience, undefined, { signal: done.signal }).catch(
    () => undefined,
  );
  await Promise.race([llama.dispose(), patience]);
  done.abort();
}

function keep(log: string[], level: LlamaLogLevel, message: string): void {
  for (const line of message.split("\n")) {
    if (line === "") continue;
    log.push(line);
    if (isDebugging()) process.stderr.write(`llama.cpp ${level}: ${visibleText(line)}\n`);
  }
  log.splice(0, log.length - logLines);
}

function isDebugging(): boolean {
  return process.env.SPECDEC_DEBUG === "1";
}

async function gpuAbsent(asked: string): Promise<Error> {
  const types = await getLlamaGpuTypes("supported");
  const there = types.filter((type) => type !== false);
  const hint =
    there.length === 0
      ? "No GPU that llama.cpp can use was found here: take --gpu off."
      : `Here are: ${there.join(", ")}. Take one of these, or --gpu off.`;
  return environmentError("gpu-absent", `there is no ${asked} GPU that llama.cpp can use`, hint);
}
