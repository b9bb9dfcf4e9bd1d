import { setImmediate as turn } from "node:timers/promises";
import type { Engine } from "./port.ts";

/**
 * The same engine that tells of every file before native code reads it. A turn of the event loop lies in
 * between, so that the word is out should the process end over the file.
 */
export function announcingFiles(engine: Engine, onFile: (path: string) => void): Engine {
  const announced = async <T>(path: string, open: () => Promise<T>): Promise<T> => {
    onFile(path);
    await turn();
    return open();
  };
  return {
    info: engine.info,
    inspect: (path) => announced(path, () => engine.inspect(path)),
    open: (model) => announced(model.path, () => engine.open(model)),
    inspectHeads: (path) => engine.inspectHeads(path),
    openHeads: (path, contextSize) => announced(path, () => engine.openHeads(path, contextSize)),
    close: () => engine.close(),
  };
}
