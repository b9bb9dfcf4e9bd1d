import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { usageError } from "./errors.ts";

const chunkBytes = 65_536;
const waitMs = 10;
const mebibyte = 2 ** 20;

/**
 * Reads a file that a user named, and never more of it than makes sense: a device has no end, and a
 * pipe that nobody writes to would be waited for.
 *
 * @param most bytes at most
 * @throws UserError for a file that is larger, or a pipe that gives nothing; what the system says
 *   of any other is thrown as it is
 */
export function readFileBytes(file: string, most: number): Buffer {
  // Without the flag, opening a pipe waits for a writer and Ctrl-C goes unheard.
  const descriptor = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const stat = fstatSync(descriptor);
    if (stat.size > most) throw tooLarge(file, most);
    const bytes = readUpTo(descriptor, file, most);
    if (bytes.length > 0 || !stat.isFIFO()) return bytes;
    throw usageError(`${file} is a pipe that gives nothing`, "Start what writes to it first.");
  } finally {
    closeSync(descriptor);
  }
}

/**
 * The same as text in UTF-8, without a byte order mark.
 *
 * @throws UserError also for what is no such text
 */
export function readTextFile(file: string, most: number): string {
  const bytes = readFileBytes(file, most);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    throw usageError(`${file} is not UTF-8 text`, "Save it as UTF-8.");
  }
}

function readUpTo(descriptor: number, file: string, most: number): Buffer {
  const chunks: Buffer[] = [];
  let total = 0;
  for (;;) {
    const chunk = readChunk(descriptor);
    if (chunk.length === 0) return Buffer.concat(chunks);
    total += chunk.length;
    if (total > most) throw tooLarge(file, most);
    chunks.push(chunk);
  }
}

/** The next bytes; none at the end. A pipe that is being written to may have nothing yet. */
function readChunk(descriptor: number): Buffer {
  const buffer = Buffer.allocUnsafe(chunkBytes);
  for (;;) {
    try {
      return buffer.subarray(0, readSync(descriptor, buffer));
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== "EAGAIN") throw cause;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, waitMs);
    }
  }
}

function tooLarge(file: string, most: number): Error {
  const message = `${file} is larger than ${Math.floor(most / mebibyte)} MiB`;
  return usageError(message, "Look whether it is the file that you mean.");
}
