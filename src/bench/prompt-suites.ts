import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The prompt suites that come with specdec; two folders up from here in `src` as in `dist`. */
const suitesFolder = fileURLToPath(new URL("../../presets/prompts/", import.meta.url));

/** The names of all suites. */
export function promptSuites(): string[] {
  return readdirSync(suitesFolder)
    .filter((file) => file.endsWith(".jsonl"))
    .map((file) => file.slice(0, -".jsonl".length))
    .sort();
}

/** The file of a suite, whether it is there or not. */
export function suiteFile(name: string): string {
  return join(suitesFolder, `${name}.jsonl`);
}
