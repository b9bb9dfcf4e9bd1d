import { environmentError, UserError, usageError } from "../errors.ts";
import { readTextFile } from "../read-text-file.ts";
import { parseJson } from "./parse-json.ts";
import { type Preset, presetSchema } from "./preset.ts";

/** A preset has some lines. */
const mostBytes = 4 * 1024 * 1024;

/**
 * Reads one preset.
 *
 * @throws UserError that names the file, and the line or the field with what it takes
 */
export function readPreset(file: string): Preset {
  const result = presetSchema.safeParse(parseJson(read(file), file));
  if (result.success) return result.data;
  const faults = result.error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.join(".")}: ${message}`,
  );
  throw usageError(
    `${file}: ${faults.join("; ")}`,
    "presets/preset.schema.json in specdec's package describes every field.",
  );
}

function read(file: string): string {
  try {
    return readTextFile(file, mostBytes);
  } catch (error) {
    if (error instanceof UserError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") {
      throw usageError(`there is no preset file ${file}`, "Check the path.");
    }
    if (code === "EISDIR") throw usageError(`${file} is a folder`, "Name a preset in it.");
    throw environmentError("preset-unreadable", `cannot read ${file}: ${message}`);
  }
}
