import type { Notice, PairOptions } from "./pair.ts";
import type { EngineInfo } from "./port.ts";
import { chooseEngine } from "./start-engine.ts";

/** What runs models in this install. */
export interface EngineFacts {
  readonly engine: EngineInfo;
  readonly notices: readonly Notice[];
  /** The loaded libllama; absent where it is linked into node-llama-cpp. */
  readonly libraryPath?: string;
  /** Backends whose llama.cpp is installed. */
  readonly installedBackends: readonly string[];
  /** GPU backends for which this machine has the drivers. */
  readonly usableGpus: readonly string[];
}

/**
 * Starts the engine that a pair would run on, and no model.
 *
 * @throws UserError where the machine lacks what was asked for
 */
export async function probeEngine(options: PairOptions): Promise<EngineFacts> {
  if (options.engine === "fake") {
    const { fakeEngine } = await import("./fake/engine.ts");
    return { engine: fakeEngine().info, notices: [], installedBackends: [], usableGpus: [] };
  }
  const { startRuntime } = await import("./node-llama-cpp/runtime.ts");
  const { installedBackends, usableGpus } = await import("./node-llama-cpp/backends.ts");
  const runtime = await startRuntime(options);
  try {
    const { engine, notices } = await chooseEngine(runtime, options);
    await engine.close();
    return {
      engine: engine.info,
      notices,
      ...(runtime.libraryPath !== undefined && { libraryPath: runtime.libraryPath }),
      installedBackends: installedBackends(),
      usableGpus: await usableGpus(),
    };
  } finally {
    await runtime.close();
  }
}
