import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { getLlamaGpuTypes } from "node-llama-cpp";

const platforms: Readonly<Partial<Record<NodeJS.Platform, string>>> = {
  linux: "linux",
  darwin: "mac",
  win32: "win",
};
const architectures: Readonly<Record<string, string>> = { arm: "armv7l" };

/** The GPU backends for which this machine has the drivers. */
export async function usableGpus(): Promise<string[]> {
  const types = await getLlamaGpuTypes("supported");
  return types.filter((type) => type !== false);
}

/** The backends whose llama.cpp is installed for this machine, for example cpu, cuda and vulkan. */
export function installedBackends(): string[] {
  const fromLibrary = createRequire(import.meta.resolve("node-llama-cpp"));
  const folders = fromLibrary.resolve.paths("@node-llama-cpp") ?? [];
  return backendsOf(folders.flatMap(packagesIn), process.platform, process.arch);
}

/**
 * The backends that node-llama-cpp's binary packages hold for a machine.
 *
 * @param packages names as `linux-x64`, `linux-x64-vulkan` or `mac-arm64-metal`
 */
export function backendsOf(
  packages: readonly string[],
  platform: NodeJS.Platform,
  arch: string,
): string[] {
  const machine = `${platforms[platform] ?? platform}-${architectures[arch] ?? arch}`;
  const backends = packages
    .filter((name) => name === machine || name.startsWith(`${machine}-`))
    .map((name) => name.slice(machine.length + 1) || "cpu");
  // An -ext package is the second half of its backend.
  return [...new Set(backends.map((name) => name.replace(/-ext$/, "")))].sort();
}

function packagesIn(folder: string): string[] {
  try {
    return readdirSync(join(folder, "@node-llama-cpp"));
  } catch {
    // Most of the folders on the way up are not there.
    return [];
  }
}
