import { appendFile } from "node:fs/promises";
import type { BenchReport } from "../bench/report.ts";
import { environmentError, usageError } from "../errors.ts";
import { annotationsOf, type GateOutcome, renderJobSummary } from "../reports/github.ts";

/**
 * The summary file of the GitHub job that this runs in.
 *
 * @throws UserError (usage) outside of one, or where it cannot be written to
 */
export async function openJobSummary(env: NodeJS.ProcessEnv): Promise<string> {
  const file = env.GITHUB_STEP_SUMMARY ?? "";
  if (file === "") {
    throw usageError(
      "--github needs GITHUB_STEP_SUMMARY, which names no file here",
      "It is set in a job of GitHub Actions; elsewhere --format markdown prints the same.",
    );
  }
  await append(file, "");
  return file;
}

/** Appends the report to the job's summary, and prints annotations where the runner reads them. */
export async function tellJob(
  file: string,
  report: BenchReport,
  gate?: GateOutcome,
): Promise<void> {
  await append(file, renderJobSummary(report, gate));
  // The runner reads both streams; stdout is the report's.
  process.stderr.write(
    annotationsOf(report, gate)
      .map((line) => `${line}\n`)
      .join(""),
  );
}

async function append(file: string, text: string): Promise<void> {
  try {
    await appendFile(file, text);
  } catch (error) {
    const { message } = error as NodeJS.ErrnoException;
    throw environmentError(
      "summary-unwritable",
      `cannot write the job summary ${file}: ${message}`,
      "GITHUB_STEP_SUMMARY must name a file that can be written.",
    );
  }
}
