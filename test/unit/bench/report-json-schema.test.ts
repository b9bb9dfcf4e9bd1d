import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { reportJsonSchema } from "../../../src/bench/report-json-schema.ts";

test("the JSON Schema is that of the code (npx tsx scripts/write-report-schema.ts)", () => {
  const file = new URL("../../../bench-results/report.schema.json", import.meta.url);
  expect(readFileSync(file, "utf8")).toBe(reportJsonSchema());
});
