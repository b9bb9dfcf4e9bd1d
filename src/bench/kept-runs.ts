import { mkdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { environmentError } from "../errors.ts";

/** Where the reports of runs are kept that name no file, below the current folder. */
export const keptRunsFolder = join("bench-results", "runs");

/**
 * A path of its own for the report of a run that begins at `start`, in a folder that is there.
 *
 * @param target path of the target model, whose name the file carries
 * @throws UserError (environment) where the folder cannot be made
 */
export async function keptRunPath(target: string, start: Date): Promise<string> {
  try {
    await mkdir(keptRunsFolder, { recursive: true });
  } catch (error) {
    const { message } = error as NodeJS.ErrnoException;
    throw environmentError("report-unwritable", `cannot make ${keptRunsFolder}: ${message}`);
  }
  const time = start.toISOString().replaceAll(/[:.]/g, "-").replace("Z", "");
  const model = basename(target)
    .replace(/\.gguf$/i, "")
    .replaceAll(/[^\w.-]+/g, "-");
  return join(keptRunsFolder, `${time}-${model}.json`);
}
