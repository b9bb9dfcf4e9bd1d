import { availableParallelism } from "node:os";
import { UserError } from "../errors.ts";
import type { Runtime } from "./node-llama-cpp/runtime.ts";
import type { Notice, PairOptions } from "./pair.ts";
import type { Engine } from "./port.ts";

/** A running engine and what the user should know about the choice. */
export interface StartedEngine {
  readonly engine: Engine;
  readonly notices: readonly Notice[];
}

/**
 * Starts the engine that was asked for, if the pair's files are models at all.
 *
 * @throws UserError for a file that is none, or where the machine lacks what was asked for
 */
export async function startEngine(options: PairOptions): Promise<StartedEngine> {
  if (options.engine === "fake") {
    const { fakeEngine } = await import("./fake/engine.ts");
    return { engine: fakeEngine(), notices: [] };
  }
  // A wrong file shows in its header, long before llama.cpp is up.
  const { readSoundModel } = await import("./node-llama-cpp/file-remarks.ts");
  const remarks: Notice[] = [];
  for (const path of new Set([options.target, options.draft])) {
    if (path !== undefined) remarks.push(...(await readSoundModel(path)));
  }
  const { readHeadsFile } = await import("./heads/heads-file.ts");
  for (const path of options.heads ?? []) readHeadsFile(path);
  const { startRuntime } = await import("./node-llama-cpp/runtime.ts");
  const { engine, notices } = await chooseEngine(await startRuntime(options), options);
  return { engine, notices: [...remarks, ...threadNotices(options), ...notices] };
}

/** More threads than cores wait for each other at every layer of the model. */
function threadNotices({ threads }: PairOptions): Notice[] {
  const cores = availableParallelism();
  if (threads <= cores) return [];
  return [
    {
      code: "threads-above-cores",
      text: `${threads} threads share ${cores} ${cores === 1 ? "core" : "cores"}, which makes decoding many times slower`,
      hint: `Use --threads ${cores} or fewer; left out, it is chosen by the cores.`,
    },
  ];
}

/**
 * Puts an engine on a loaded llama.cpp. "auto" binds libllama; where that cannot be done it takes
 * node-llama-cpp's own API and says so, so that another llama.cpp release degrades and does not
 * break.
 *
 * @throws UserError "cannot-bind" where the binding was insisted on
 */
export async function chooseEngine(runtime: Runtime, options: PairOptions): Promise<StartedEngine> {
  const publicApi = async (): Promise<Engine> => {
    const { nodeLlamaCppEngine } = await import("./node-llama-cpp/engine.ts");
    return nodeLlamaCppEngine(runtime, options);
  };
  if (options.engine === "node-llama-cpp") return { engine: await publicApi(), notices: [] };
  try {
    const { libllamaEngine } = await import("./libllama/engine.ts");
    return { engine: libllamaEngine(runtime, options), notices: [] };
  } catch (error) {
    if (options.engine === "libllama" || !isBindingFailure(error)) throw error;
    return { engine: await publicApi(), notices: [fallbackNotice(error)] };
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
