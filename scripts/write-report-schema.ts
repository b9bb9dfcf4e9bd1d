/**
 * Writes bench-results/report.schema.json anew, after a change of src/bench/report.ts:
 *
 *     npx tsx scripts/write-report-schema.ts
 */
import { writeFileSync } from "node:fs";
import { reportJsonSchema } from "../src/bench/report-json-schema.ts";

writeFileSync(new URL("../bench-results/report.schema.json", import.meta.url), reportJsonSchema());
