import { type Remark, usageError } from "../errors.ts";
import { defaultPresetId, findPreset } from "../presets/find-preset.ts";
import { collectPresets, type LoadedPreset } from "../presets/load-presets.ts";
import { type ModelFlags, requireText } from "./model-options.ts";

/** Flags that name a pair, and those that some of what a preset says gives way to. */
export type PairFlags = Partial<Pick<ModelFlags, "preset" | "target" | "draft">> & {
  readonly raw?: boolean | undefined;
  readonly "chat-template"?: string | undefined;
  readonly "chat-template-kwargs"?: string | undefined;
  readonly thinking?: string | undefined;
  readonly heads?: string | readonly string[] | undefined;
};

/** The preset that a command line asks for, if any, and what the user should know. */
export interface PresetChoice {
  readonly preset: LoadedPreset | undefined;
  readonly remarks: readonly Remark[];
}

/**
 * Chooses the preset: the one that `--preset` names; none beside `--target`; the demonstration pair
 * where neither is given.
 *
 * @throws UserError for a preset that cannot be used, and for what drafts without a target
 */
export function choosePreset(flags: PairFlags, env: NodeJS.ProcessEnv = process.env): PresetChoice {
  if (flags.preset !== undefined) {
    const preset = findPreset(requireText("--preset", flags.preset), env);
    return { preset, remarks: preset.origin === "path" ? [] : brokenOnes(env) };
  }
  if (flags.target !== undefined) return { preset: undefined, remarks: [] };
  for (const option of ["draft", "heads"] as const) {
    if (flags[option] === undefined) continue;
    throw usageError(
      `--${option} needs a target model`,
      "Name it with --target FILE, or a whole pair with --preset NAME.",
    );
  }
  const preset = findPreset(defaultPresetId, env);
  return { preset, remarks: [...brokenOnes(env), demonstration(preset)] };
}

function demonstration({ preset }: LoadedPreset): Remark {
  const text =
    `${preset.id} runs, a demonstration pair; ` +
    "choose another with --preset NAME (see specdec models list) or --target FILE";
  return { level: "note", text };
}

function brokenOnes(env: NodeJS.ProcessEnv): Remark[] {
  return collectPresets(env).broken.map(({ error }) => ({
    level: "warning",
    text: `a preset of yours is left out: ${error.message}`,
  }));
}
