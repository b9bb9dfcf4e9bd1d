import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

/** Writes down which Node processes a run starts. */
export interface StartedScripts {
  /** For the run. */
  readonly env: Readonly<Record<string, string>>;
  /** The scripts so far, by file name. */
  names(): string[];
}

/** @param folder to keep the list in */
export function watchStartedScripts(folder: string): StartedScripts {
  const preload = join(folder, "note-start.cjs");
  const list = join(folder, "started.txt");
  writeFileSync(
    preload,
    `require("node:fs").appendFileSync(${JSON.stringify(list)}, process.argv[1] + "\\n");`,
  );
  return {
    env: { NODE_OPTIONS: `--require ${JSON.stringify(preload)}` },
    names: () =>
      existsSync(list)
        ? readFileSync(list, "utf8")
            .trim()
            .split("\n")
            .map((path) => basename(path))
        : [],
  };
}
