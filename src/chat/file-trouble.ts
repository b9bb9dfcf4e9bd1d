import { environmentError, fileReasons, UserError, usageError } from "../errors.ts";

/** How a chat reads and writes the files that /save and /load name. */
export interface ChatFiles {
  read(path: string): Promise<string>;
  /** Fails with the code EEXIST where the file is there and is not to be replaced. */
  write(path: string, text: string, options: { readonly replace: boolean }): Promise<void>;
}

const reasons: Readonly<Record<string, string>> = {
  ...fileReasons,
  EISDIR: "it is a folder",
  EEXIST: "the file is there already",
};

/**
 * Says in words what kept a file from being read or written.
 *
 * @returns the error as it is where it is no trouble with a file
 */
export function fileTrouble(error: unknown, verb: "read" | "write", path: string): unknown {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  if (error instanceof UserError || typeof code !== "string") return error;
  const reason = reasons[code] ?? (error as Error).message;
  const message = `cannot ${verb} ${path}: ${reason}`;
  if (code === "EEXIST") return usageError(message, `/save! ${path} replaces it.`);
  const hint = verb === "read" ? "Look at the name." : "Name another place.";
  return environmentError(`file-${verb}`, message, hint);
}
