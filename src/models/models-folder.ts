import { join, resolve } from "node:path";
import { systemFolder } from "../system-folders.ts";

/**
 * The folder that keeps fetched models: `--models-dir`, else `SPECDEC_MODELS`, else a folder for
 * this program where the system keeps what can be fetched again. It need not exist.
 *
 * @param flag the value of `--models-dir`
 * @returns an absolute path
 */
export function modelsFolder(
  flag: string | undefined,
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  const chosen = flag ?? env.SPECDEC_MODELS ?? "";
  return chosen === "" ? join(systemFolder("cache", env, platform), "models") : resolve(chosen);
}
