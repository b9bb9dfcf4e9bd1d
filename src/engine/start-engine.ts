import { UserError } from "../errors.ts";
import type { Notice, PairOptions } from "./pair.ts";
import type { Engine } from "./port.ts";

/** A running engine and what the user should know about the choice. */
export interface StartedEngine {
  readonly engine: Engine;
  readonly notices: readonly Notice[];
}

/**
 * Starts the engine that was asked for. "auto" binds libllama; where that cannot be done it takes
 * node-llama-cpp's own API and says so, so that another llama.cpp release degrades and not breaks.
 *
 * @throws UserError where the machine lacks what was asked for
 */
export async function startEngine(options: PairOptions): Promise<StartedEngine> {
  if (options.engine === "fake") {
    const { fakeEngine } = await import("./fake/engine.ts");
    return { engine: fakeEngine(), notices: [] };
  }
  const { startRuntime } = await import("./node-llama-cpp/runtime.ts");
  const runtime = await startRuntime(options);
  if (options.engine !== "node-llama-cpp") {
    try {
      const { libllamaEngine } = await import("./libllama/engine.ts");
      return { engine: libllamaEngine(runtime, options), notices: [] };
    } catch (error) {
      if (options.engine === "libllama" || !isBindingFailure(error)) throw error;
      return { engine: await publicApi(), notices: [fallbackNotice(error)] };
    }
  }
  return { engine: await publicApi(), notices: [] };

  async function publicApi(): Promise<Engine> {
    const { nodeLlamaCppEngine } = await import("./node-llama-cpp/engine.ts");
    return nodeLlamaCppEngine(runtime, options);
  }
}

function isBindingFailure(error: unknown): error is UserError {
  return error instanceof UserError && error.code === "cannot-bind";
}

function fallbackNotice(error: UserError): Notice {
  return {
    code: "engine-fallback",
    text: `${error.message}; running on node-llama-cpp's own API: chains only, and slower`,
    hint: "Use --engine libllama to make this an error.",
  };
}
