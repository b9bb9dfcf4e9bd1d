import { z } from "zod";
import { reportSchema } from "./report.ts";

/** `bench-results/report.schema.json`: the report format for editors and other programs. */
export function reportJsonSchema(): string {
  const schema = z.toJSONSchema(reportSchema, { target: "draft-7", io: "input" });
  return `${JSON.stringify({ ...schema, title: "specdec bench report" }, null, 2)}\n`;
}
