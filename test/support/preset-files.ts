import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "./temporary-folder.ts";

/** All that a preset must say. */
export const leastPreset = {
  id: "mine",
  description: "A pair of mine",
  target: { path: "big.gguf" },
  licence: "MIT",
  hardware: "any",
};

/** A user's presets folder with these files: text as it stands, anything else as JSON. */
export function userPresets(files: Readonly<Record<string, unknown>>): {
  readonly env: { readonly XDG_CONFIG_HOME: string };
  readonly folder: string;
} {
  const home = temporaryFolder();
  const folder = join(home, "specdec", "presets");
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(
      join(folder, name),
      typeof content === "string" ? content : JSON.stringify(content),
    );
  }
  return { env: { XDG_CONFIG_HOME: home }, folder };
}
