import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { environmentError, usageError } from "../errors.ts";

/** One file of text. */
export interface TextFile {
  /** Path below the folder, with slashes. */
  readonly name: string;
  readonly text: string;
}

/**
 * The text files of a folder and of those in it, in the order of their names. What is not UTF-8, or
 * has a NUL in it, is no text and is passed over, as is what a dot hides.
 *
 * @throws UserError for a folder that is not there or holds no text
 */
export function textFiles(folder: string): TextFile[] {
  const files = filesBelow(folder).flatMap((path): TextFile[] => {
    const text = textOf(readFileSync(path));
    const name = relative(folder, path).split(sep).join("/");
    return text === undefined || text.trim() === "" ? [] : [{ name, text }];
  });
  if (files.length > 0) return files;
  throw usageError(`${folder} holds no text`, "Name a folder of UTF-8 text files with --text.");
}

function filesBelow(folder: string): string[] {
  if (!(statSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false)) {
    throw environmentError("no-text", `there is no folder ${folder}`, "Check --text.");
  }
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !relative(folder, path).split(sep).some(isHidden))
    .sort();
}

function isHidden(name: string): boolean {
  return name.startsWith(".");
}

const decoder = new TextDecoder("utf-8", { fatal: true });

function textOf(bytes: Uint8Array): string | undefined {
  if (bytes.includes(0)) return undefined;
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}
