import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The presets that come with specdec; two folders up from here in `src` as in `dist`. */
export const builtInPresetsFolder = fileURLToPath(new URL("../../presets/", import.meta.url));

/** The folder of the user's own presets, where the system keeps settings. It need not exist. */
export function userPresetsFolder(
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  return join(settingsFolder(env, platform), "specdec", "presets");
}

function settingsFolder(env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string {
  const { XDG_CONFIG_HOME = "", APPDATA = "" } = env;
  if (XDG_CONFIG_HOME !== "") return resolve(XDG_CONFIG_HOME);
  if (platform === "darwin") return join(homedir(), "Library", "Application Support");
  if (platform === "win32") return APPDATA || join(homedir(), "AppData", "Roaming");
  return join(homedir(), ".config");
}
