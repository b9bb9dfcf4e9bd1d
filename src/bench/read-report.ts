import { environmentError, UserError, usageError } from "../errors.ts";
import { readTextFile } from "../read-text-file.ts";
import { type BenchReport, reportSchema, reportSchemaName } from "./report.ts";

/** A report of a long bench has some megabytes. */
const mostBytes = 256 * 1024 * 1024;
/** Faults of one report that are told. */
const maxFaults = 3;

/**
 * Reads a report that a bench has written, also one of an older specdec.
 *
 * @param missingHint what to do where there is no such file
 * @throws UserError that names the file, and what is wrong with it
 */
export function readReport(file: string, missingHint = "Check the path."): BenchReport {
  const value = parse(read(file, missingHint), file);
  checkSchemaName(value, file);
  const result = reportSchema.safeParse(value);
  if (result.success) return result.data;
  const faults = result.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  const more = faults.length > maxFaults ? [`${faults.length - maxFaults} more`] : [];
  throw usageError(
    `${file} is not what ${reportSchemaName} says: ${[...faults.slice(0, maxFaults), ...more].join("; ")}`,
    "bench-results/report.schema.json in specdec's package describes every field.",
  );
}

function read(file: string, missingHint: string): string {
  try {
    return readTextFile(file, mostBytes);
  } catch (error) {
    if (error instanceof UserError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") {
      throw usageError(`there is no report ${file}`, missingHint);
    }
    if (code === "EISDIR") throw usageError(`${file} is a folder`, "Name a report in it.");
    throw environmentError("report-unreadable", `cannot read ${file}: ${message}`);
  }
}

function parse(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw usageError(
      `${file} is not a whole JSON report: ${(error as Error).message}`,
      "It may have been cut off; specdec bench --out FILE.json writes a whole one.",
    );
  }
}

function checkSchemaName(value: unknown, file: string): void {
  const { schema } = (value ?? {}) as { schema?: unknown };
  if (schema === reportSchemaName) return;
  if (typeof schema === "string" && schema.startsWith("specdec.bench/")) {
    throw usageError(
      `${file} has the schema ${schema}, and this specdec reads ${reportSchemaName}`,
      "Read it with the specdec that wrote it, or measure again.",
    );
  }
  throw usageError(
    `${file} is no report of specdec bench`,
    "Name a .json file that specdec bench has written.",
  );
}
