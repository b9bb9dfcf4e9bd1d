import type { Remark } from "../errors.ts";
import type { LoadedPreset } from "../presets/load-presets.ts";
import { choosePreset, type PairFlags } from "./choose-preset.ts";
import { type Config, givenIn, type Layer, mergeConfig, type Values } from "./config.ts";
import type { ModelValues } from "./model-options.ts";

/** What a command brings to its configuration. */
export interface CommandSettings<V extends ModelValues> {
  /** What holds where nothing is said; some of it depends on what is said of other options. */
  readonly defaults: (given: Values) => V;
  /** Some of what a preset says gives way to flags of another name. */
  readonly ofPreset: (preset: LoadedPreset, flags: PairFlags) => Layer<V>["values"];
}

/** A command's configuration. */
export interface Configured<V extends ModelValues> {
  readonly config: Config<V>;
  readonly preset: LoadedPreset | undefined;
  readonly remarks: readonly Remark[];
}

/**
 * Finds the preset of a command line and merges it with flags, environment and defaults.
 *
 * @throws UserError as `choosePreset` does
 */
export function configure<V extends ModelValues>(
  flags: PairFlags & Layer<V>["values"],
  { defaults, ofPreset }: CommandSettings<V>,
  env: NodeJS.ProcessEnv = process.env,
): Configured<V> {
  const { preset, remarks } = choosePreset(flags, env);
  const layers: Layer<ModelValues>[] = [{ origin: "flag", values: flags }];
  const folder = env.SPECDEC_MODELS ?? "";
  if (folder !== "") layers.push({ origin: "environment", values: { "models-dir": folder } });
  if (preset !== undefined) layers.push({ origin: "preset", values: ofPreset(preset, flags) });
  const config = mergeConfig(defaults(givenIn(layers)), layers as Layer<V>[]);
  return { config, preset, remarks };
}
