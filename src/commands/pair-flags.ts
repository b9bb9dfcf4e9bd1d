import type { LoadedPreset } from "../presets/load-presets.ts";
import type { Config } from "./config.ts";
import type { ModelValues } from "./model-options.ts";

const options = [
  ...["target", "draft", "ctx", "models-dir", "gpu", "gpu-layers", "threads"],
  ...["no-mmap", "flash-attn", "engine", "raw", "special", "strict-vocabulary"],
  ...["chat-template", "chat-template-kwargs", "thinking"],
] as const;

/**
 * Flags that name the same pair, run in the same way and on the same text: the preset, and what was
 * given beside it.
 */
export function pairFlags(
  { values, origins }: Config<ModelValues>,
  preset: LoadedPreset | undefined,
): string[] {
  const given = options.flatMap((option) => {
    const name = option as keyof ModelValues;
    if (origins[name] !== "flag") return [];
    const value = values[name];
    return value === true ? [`--${name}`] : [`--${name}`, String(value)];
  });
  if (preset === undefined) return given;
  return ["--preset", preset.origin === "path" ? preset.file : preset.preset.id, ...given];
}
