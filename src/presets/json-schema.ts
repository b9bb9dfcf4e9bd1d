import { z } from "zod";
import { presetSchema } from "./preset.ts";

/** `presets/preset.schema.json`: the preset format for editors and other programs. */
export function presetJsonSchema(): string {
  const schema = z.toJSONSchema(presetSchema, { target: "draft-7", io: "input" });
  const described = { ...schema, title: "specdec preset" };
  return `${JSON.stringify(described, null, 2)}\n`;
}
