import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { environmentError } from "../errors.ts";
import { type Preset, presetSchema } from "./preset.ts";

/**
 * Writes a preset to a file that is not there yet, and its folder if need be.
 *
 * @throws UserError where it cannot be written
 */
export function writePreset(file: string, preset: Preset): void {
  const text = `${JSON.stringify(presetSchema.parse(preset), null, 2)}\n`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text, { flag: "wx" });
  } catch (error) {
    throw environmentError(
      "preset-unwritable",
      `cannot write ${file}: ${(error as Error).message}`,
    );
  }
}
