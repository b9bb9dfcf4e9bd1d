import { closeSync, openSync, type Stats, statSync } from "node:fs";
import { environmentError } from "../../errors.ts";

/**
 * Opens a model file for reading, and closes it when `read` is done.
 *
 * @throws UserError where nothing is there, it may not be read, or it is no file with content
 */
export function withModelFile<T>(path: string, read: (file: number, bytes: number) => T): T {
  const bytes = sizeOf(path);
  const file = withFileErrors(path, () => openSync(path, "r"));
  try {
    return withFileErrors(path, () => read(file, bytes));
  } finally {
    closeSync(file);
  }
}

function sizeOf(path: string): number {
  const stat = withFileErrors(path, () => statSync(path));
  if (stat.isDirectory()) {
    const hint = "Name the .gguf file in it.";
    throw environmentError("model-is-directory", `${path} is a directory, not a model file`, hint);
  }
  // Opening a pipe would wait for a writer.
  if (!stat.isFile()) {
    const hint = "Save the model to a file first: it is read more than once, and out of order.";
    throw environmentError("model-not-a-file", `${path} is ${kindOf(stat)}, not a file`, hint);
  }
  if (stat.size === 0) {
    const hint = "Download it again: the download never started, or the disk was full.";
    throw environmentError("model-empty", `${path} is an empty file`, hint);
  }
  return stat.size;
}

function kindOf(stat: Stats): string {
  if (stat.isFIFO()) return "a pipe";
  if (stat.isSocket()) return "a socket";
  return "a device";
}

function withFileErrors<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw fileError(path, error);
  }
}

function fileError(path: string, error: unknown): unknown {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  switch (code) {
    case "ENOENT":
    case "ENOTDIR":
      return environmentError(
        "model-missing",
        `there is no model file ${path}`,
        "Check the path; it is taken from the folder that specdec was started in.",
      );
    case "EACCES":
    case "EPERM":
      return environmentError(
        "model-unreadable",
        `${path} may not be read`,
        "Check the file's permissions.",
      );
    case "ELOOP":
    case "ENAMETOOLONG":
    case "EIO":
    case "ENXIO":
    case "ERR_INVALID_ARG_VALUE":
      return environmentError(
        "model-unreadable",
        `${path} cannot be read: ${(error as Error).message}`,
        "Check the path and the disk that it is on.",
      );
    default:
      return error;
  }
}
