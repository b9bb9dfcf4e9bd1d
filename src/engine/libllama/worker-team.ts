import koffi from "koffi";
import type { Bindings, Pointer } from "./bindings.ts";

/** Threads that stay between decodes. */
export interface WorkerTeam {
  /** Lets a context decode with them; one team serves any number of contexts, one at a time. */
  attach(context: Pointer): void;
  /** Call when every context that it was attached to is freed. */
  free(): void;
}

/** Room for `struct ggml_threadpool_params`, which ggml fills itself: 528 bytes in v0.5.0. */
const paramsBytes = 4096;

/**
 * Starts a team of ggml's. Without one ggml starts and ends its threads for every token (measured on
 * two cores with SmolLM2 135M: 4 % of a token).
 *
 * @param sharedObjects of this process, llama.cpp's among them
 * @returns undefined where ggml's libraries are not found apart: decoding then goes without
 */
export function startWorkerTeam(
  bindings: Bindings,
  sharedObjects: readonly string[],
  threads: number,
): WorkerTeam | undefined {
  const base = sharedObjects.find((path) => /ggml-base[^\\/]*$/.test(path));
  const cpu = sharedObjects.find((path) => /ggml-cpu[^\\/]*$/.test(path));
  if (base === undefined || cpu === undefined) return undefined;
  const cpuLibrary = koffi.load(cpu);
  const fillParams = koffi
    .load(base)
    .func("ggml_threadpool_params_init", "void", ["void *", "int"]);
  const create = cpuLibrary.func("ggml_threadpool_new", "void *", ["void *"]);
  const free = cpuLibrary.func("ggml_threadpool_free", "void", ["void *"]);
  const params = new Uint8Array(paramsBytes);
  fillParams(params, threads);
  const pool: Pointer | null = create(params);
  if (pool === null) return undefined;
  return {
    attach: (context) => bindings.attachThreadpool(context, pool, pool),
    free: () => free(pool),
  };
}
