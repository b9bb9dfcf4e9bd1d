import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { Worker, type WorkerOptions } from "node:worker_threads";

/**
 * Starts a module in a thread of its own, from source where this file is source: tsx reads it then,
 * since Node itself does not read TypeScript.
 *
 * @param entry the module without its file ending
 */
export function startWorker(entry: URL, options: WorkerOptions): Worker {
  const ending = extname(fileURLToPath(import.meta.url));
  const module = `${entry.href}${ending}`;
  if (ending === ".js") return new Worker(new URL(module), options);
  const load = `import("tsx/esm/api").then(({ tsImport }) => tsImport(${JSON.stringify(module)}, ${JSON.stringify(import.meta.url)}))`;
  return new Worker(load, { ...options, eval: true });
}
