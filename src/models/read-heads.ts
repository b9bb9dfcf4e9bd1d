import type { HeadsInfo } from "../engine/port.ts";

/**
 * What files of draft heads say of themselves, before anything is loaded.
 *
 * @param paths GGUF files; or of toy heads, as the fake engine knows them: `fake:…`
 * @throws UserError for a file that is missing, holds no heads, or not all of them
 */
export async function readHeads(paths: readonly string[]): Promise<HeadsInfo[]> {
  return Promise.all(paths.map(readOne));
}

async function readOne(path: string): Promise<HeadsInfo> {
  if (path.startsWith("fake:")) {
    const { fakeEngine } = await import("../engine/fake/engine.ts");
    return fakeEngine().inspectHeads(path);
  }
  const { readHeadsFile } = await import("../engine/heads/heads-file.ts");
  return readHeadsFile(path).info;
}
