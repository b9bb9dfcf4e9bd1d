import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { access, open, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { environmentError, fileReasons, type UserError } from "../errors.ts";

/** A file that a report is written to, over and over. */
export interface ReportFile {
  /** As it was asked for. */
  readonly path: string;
  /**
   * True for a regular file, whose content each `write` replaces. A device or a pipe takes each
   * `write` as more text, so give it the last report only.
   */
  readonly replaces: boolean;
  /**
   * Replaces the whole content at once: a reader, or another run that writes the same file, sees
   * one whole report or another.
   *
   * @throws UserError (environment) where that fails; the last whole report is still there
   */
  write(text: string): Promise<void>;
}

/** Writes a text into a new file and waits until it is on the disk. */
export type WriteNewFile = (path: string, text: string) => Promise<void>;

/**
 * Checks at once that a report can be written, so that a bad path fails before any model loads.
 *
 * @param writeNewFile for tests
 * @throws UserError (environment) naming the path
 */
export async function openReportFile(
  path: string,
  writeNewFile: WriteNewFile = writeAndSync,
): Promise<ReportFile> {
  const stats = await statIfAny(path);
  if (stats?.isDirectory()) {
    throw unwritable(path, "it is a folder", "Name a file in it.");
  }
  if (stats !== undefined && !stats.isFile()) {
    const write = (text: string) => writeFile(path, text);
    return { path, replaces: false, write: (text) => orUserError(path, write(text)) };
  }
  // Behind a link the file itself is replaced, not the link.
  const file = stats === undefined ? resolve(path) : await realpath(path);
  await checkFolder(path, dirname(file));
  if (stats !== undefined) await orUserError(path, access(file, constants.W_OK));
  await orUserError(path, tryFolder(file));
  const write = (text: string) => replace(file, text, writeNewFile);
  return { path, replaces: true, write: (text) => orUserError(path, write(text)) };
}

async function statIfAny(path: string): Promise<Awaited<ReturnType<typeof stat>> | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw fromSystem(path, error);
  }
}

async function checkFolder(path: string, folder: string): Promise<void> {
  const stats = await statIfAny(folder);
  if (stats?.isDirectory()) return;
  const what = stats === undefined ? `there is no folder ${folder}` : `${folder} is no folder`;
  throw unwritable(path, what, "Create the folder first, or name another.");
}

/** Permissions do not tell all (read-only disks, root): makes a file and takes it away. */
async function tryFolder(file: string): Promise<void> {
  const probe = temporaryBeside(file);
  await (await open(probe, "wx")).close();
  await rm(probe);
}

async function replace(file: string, text: string, writeNewFile: WriteNewFile): Promise<void> {
  const temporary = temporaryBeside(file);
  try {
    await writeNewFile(temporary, text);
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function writeAndSync(path: string, text: string): Promise<void> {
  const handle = await open(path, "wx");
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A name of its own for each write: two runs may write the same report. */
function temporaryBeside(file: string): string {
  return join(dirname(file), `.specdec-${randomUUID()}.tmp`);
}

async function orUserError<T>(path: string, action: Promise<T>): Promise<T> {
  try {
    return await action;
  } catch (error) {
    throw fromSystem(path, error);
  }
}

const reasons: Readonly<Record<string, string>> = {
  ...fileReasons,
  ENOENT: "its folder is gone",
};

function fromSystem(path: string, error: unknown): UserError {
  const { code = "", message } = error as NodeJS.ErrnoException;
  return unwritable(path, reasons[code] ?? message, "Name another place with --out.");
}

function unwritable(path: string, reason: string, hint: string): UserError {
  return environmentError("report-unwritable", `cannot write ${path}: ${reason}`, hint);
}
