import { homedir } from "node:os";
import { join, resolve } from "node:path";

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
  return chosen === "" ? join(cacheFolder(env, platform), "specdec", "models") : resolve(chosen);
}

function cacheFolder(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string {
  const { XDG_CACHE_HOME = "", LOCALAPPDATA = "" } = env;
  if (XDG_CACHE_HOME !== "") return resolve(XDG_CACHE_HOME);
  if (platform === "darwin") return join(homedir(), "Library", "Caches");
  if (platform === "win32") return LOCALAPPDATA || join(homedir(), "AppData", "Local");
  return join(homedir(), ".cache");
}
