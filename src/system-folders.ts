import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** What a folder is for: what can be fetched again, what the user sets, what a program remembers. */
export type FolderUse = "cache" | "settings" | "state";

/** Where a system keeps it. `env` names the variable of Windows that says where, `windows` where else. */
interface Places {
  readonly xdg: string;
  readonly unix: readonly string[];
  readonly mac: readonly string[];
  readonly env: string;
  readonly windows: readonly string[];
}

const local = { env: "LOCALAPPDATA", windows: ["AppData", "Local"] };
const support = ["Library", "Application Support"];

const places: Readonly<Record<FolderUse, Places>> = {
  cache: { xdg: "XDG_CACHE_HOME", unix: [".cache"], mac: ["Library", "Caches"], ...local },
  settings: {
    ...{ xdg: "XDG_CONFIG_HOME", unix: [".config"], mac: support },
    ...{ env: "APPDATA", windows: ["AppData", "Roaming"] },
  },
  state: { xdg: "XDG_STATE_HOME", unix: [".local", "state"], mac: support, ...local },
};

/**
 * The folder of this program where the system keeps things of a kind (XDG Base Directory, where its
 * variable is set on any system). It need not exist.
 *
 * @returns an absolute path
 */
export function systemFolder(
  use: FolderUse,
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  return join(parentFolder(places[use], env, platform), "specdec");
}

function parentFolder(
  { xdg, unix, mac, env: variable, windows }: Places,
  env: NodeJS.ProcessEnv,
  platform: NodeJS.Platform,
): string {
  const chosen = env[xdg] ?? "";
  if (chosen !== "") return resolve(chosen);
  if (platform === "darwin") return join(homedir(), ...mac);
  if (platform === "win32") return env[variable] || join(homedir(), ...windows);
  return join(homedir(), ...unix);
}
