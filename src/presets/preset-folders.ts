import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { systemFolder } from "../system-folders.ts";

/** The presets that come with specdec; two folders up from here in `src` as in `dist`. */
export const builtInPresetsFolder = fileURLToPath(new URL("../../presets/", import.meta.url));

/** The folder of the user's own presets, where the system keeps settings. It need not exist. */
export function userPresetsFolder(
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  return join(systemFolder("settings", env, platform), "presets");
}
