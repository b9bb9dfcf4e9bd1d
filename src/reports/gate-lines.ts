import type { Finding } from "../bench/finding.ts";
import type { BenchReport } from "../bench/report.ts";
import { labelOf, varyingIn } from "./labels.ts";

/** Findings of the gate, a line each, in the words of the report's table. */
export function findingLines(findings: readonly Finding[], report: BenchReport): string[] {
  const varying = varyingIn(report);
  return findings.map(({ cell, text }) => `${labelOf(cell, varying)}: ${text}`);
}
