/**
 * Writes presets/preset.schema.json anew, after a change of src/presets/preset.ts:
 *
 *     npx tsx scripts/write-preset-schema.ts
 */
import { writeFileSync } from "node:fs";
import { presetJsonSchema } from "../src/presets/json-schema.ts";

writeFileSync(new URL("../presets/preset.schema.json", import.meta.url), presetJsonSchema());
