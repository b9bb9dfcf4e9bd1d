import { collectPresets } from "../presets/load-presets.ts";
import { userPresetsFolder } from "../presets/preset-folders.ts";
import type { Check } from "./finding.ts";

/** Which presets are there, and which of the user's own are broken. */
export const checkPresets: Check = {
  name: "presets",
  run: () => {
    const { presets, broken } = collectPresets();
    return {
      facts: [
        { key: "presets", label: "presets", value: presets.map(({ preset }) => preset.id) },
        { key: "folder", label: "your own in", value: userPresetsFolder() },
      ],
      notes: broken.map(({ error: { message, hint, details } }) => ({
        message,
        ...(hint !== undefined && { hint }),
        details,
      })),
    };
  },
};
