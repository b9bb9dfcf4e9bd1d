import { readSync } from "node:fs";
import { isatty } from "node:tty";
import { environmentError, UserError, usageError } from "../../errors.ts";
import { readFileBytes } from "../../read-text-file.ts";

/** The name that stands for stdin among files. */
export const stdinName = "-";

/** Longest text that a string of JavaScript holds, in UTF-16 units (V8 on 64 bits). */
const longestText = 0x1fffffe8;

/** First bytes of files that people take for text. */
const otherKinds: readonly (readonly [bytes: readonly number[], what: string, hint: string])[] = [
  [[0x1f, 0x8b], "gzip-compressed", "Unpack it first, for example with gunzip."],
  [[0x28, 0xb5, 0x2f, 0xfd], "zstd-compressed", "Unpack it first, for example with unzstd."],
  [[0x50, 0x4b, 0x03, 0x04], "a ZIP archive", "Unpack it first."],
  [[0x50, 0x41, 0x52, 0x31], "a Parquet file", "Export its rows as JSON lines."],
  [[0x47, 0x47, 0x55, 0x46], "a GGUF model", "Name models with --target and --draft."],
];

/** A file's text, and how it was encoded. */
export interface FileText {
  readonly text: string;
  readonly encoding: "utf-8" | "utf-16le" | "utf-16be";
}

/**
 * Reads a file of prompts as text, without a byte order mark. UTF-16, which PowerShell writes, is
 * decoded like UTF-8.
 *
 * @param file a path, or `-` for stdin
 * @throws UserError for a file that is missing, unreadable, too large or no such text
 */
export function readText(file: string): FileText {
  const bytes = file === stdinName ? readStdin() : readBytes(file);
  refuseOtherKinds(bytes, file);
  if (bytes.length > longestText) {
    throw usageError(
      `${file} is larger than ${Math.floor(longestText / 2 ** 20)} MiB`,
      "Split it, or take a part of it.",
    );
  }
  const encoding = encodingOf(bytes, file);
  try {
    // The decoder removes a byte order mark.
    return { text: new TextDecoder(encoding, { fatal: true }).decode(bytes), encoding };
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    throw usageError(`${file} is not ${encoding.toUpperCase()} text`, "Save it as UTF-8.");
  }
}

/** How the text is encoded, by its first bytes: JSON and prose begin with an ASCII character. */
function encodingOf(bytes: Uint8Array, file: string): FileText["encoding"] {
  const [a, b, c, d] = bytes;
  const isUtf32 =
    (a === 0xff && b === 0xfe && c === 0 && d === 0) ||
    (a === 0 && b === 0 && c === 0xfe && d === 0xff);
  if (isUtf32) throw usageError(`${file} is UTF-32 text`, "Save it as UTF-8.");
  if ((a === 0xff && b === 0xfe) || (a !== 0 && b === 0)) return "utf-16le";
  if ((a === 0xfe && b === 0xff) || (a === 0 && b !== undefined && b !== 0)) return "utf-16be";
  return "utf-8";
}

function refuseOtherKinds(bytes: Uint8Array, file: string): void {
  const found = otherKinds.find(([start]) => start.every((byte, i) => bytes[i] === byte));
  if (found !== undefined) throw usageError(`${file} is ${found[1]}, not text`, found[2]);
}

function readBytes(file: string): Uint8Array {
  try {
    return readFileBytes(file, longestText);
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") {
      throw usageError(`--prompts: there is no file ${file}`, "Check the path.");
    }
    throw environmentError("prompts-unreadable", `cannot read ${file}: ${message}`);
  }
}

function readStdin(): Uint8Array {
  if (isatty(0)) {
    throw usageError("--prompts - reads stdin, and nothing is piped into it", "Pipe a file to it.");
  }
  const chunks: Uint8Array[] = [];
  for (let chunk = readChunk(); chunk.length > 0; chunk = readChunk()) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const chunkSize = 65_536;
const waitMs = 10;

/** The next bytes of stdin; none at its end. A pipe that does not block may have nothing yet. */
function readChunk(): Uint8Array {
  const buffer = Buffer.allocUnsafe(chunkSize);
  for (;;) {
    try {
      return buffer.subarray(0, readSync(0, buffer));
    } catch (cause) {
      const { code, message } = cause as NodeJS.ErrnoException;
      if (code === "EOF") return buffer.subarray(0, 0);
      if (code !== "EAGAIN") {
        throw environmentError("prompts-unreadable", `cannot read stdin: ${message}`);
      }
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, waitMs);
    }
  }
}
