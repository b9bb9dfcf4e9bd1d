import { closeSync, fstatSync, openSync, readdirSync, readSync, statSync } from "node:fs";
import { join } from "node:path";

/** What an unfinished download left behind, or a finished one that was not verified. */
export interface Part {
  /** The name that the model would have in the models folder. */
  readonly name: string;
  readonly path: string;
  /** What the next download need not fetch. */
  readonly keptBytes: number;
  /** Size of the whole file, where it is known. */
  readonly totalBytes?: number;
}

/** ipull's ending for a file that is not whole. */
const partEnding = ".ipull";

/** Where files lie that are not models yet, so that nothing takes them for models. */
export function partsFolder(folder: string): string {
  return join(folder, ".parts");
}

/** All parts in a models folder, by name. */
export function listParts(folder: string): Part[] {
  const parts = partsFolder(folder);
  if (statSync(parts, { throwIfNoEntry: false })?.isDirectory() !== true) return [];
  return readdirSync(parts, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => readPart(parts, name))
    .sort((a, b) => a.name.localeCompare(b.name));
}

function readPart(parts: string, file: string): Part {
  const path = join(parts, file);
  if (file.endsWith(partEnding)) {
    return { name: file.slice(0, -partEnding.length), path, ...readProgress(path) };
  }
  const { size } = statSync(path);
  return { name: file, path, keptBytes: size, totalBytes: size };
}

/** Enough for the progress of 2,000 GB. */
const tailBytes = 1 << 20;
/** ipull's mark of a chunk that is there (download-engine/types.js: ChunkStatus). */
const complete = 2;

/** ipull writes its progress as JSON behind where the file's last byte will be. */
function readProgress(path: string): Pick<Part, "keptBytes" | "totalBytes"> {
  const tail = readTail(path);
  const text = /\{"part":[^{}]*\}$/.exec(tail.text)?.[0];
  const progress = parseProgress(text);
  if (text === undefined || progress === undefined) return { keptBytes: 0 };
  const { chunks, chunkSize } = progress;
  const totalBytes = tail.fileBytes - text.length;
  const sizes = chunks.map((_, i) => Math.min(chunkSize, totalBytes - i * chunkSize));
  const keptBytes = sizes.reduce((sum, size, i) => sum + (chunks[i] === complete ? size : 0), 0);
  return { keptBytes, totalBytes };
}

interface Progress {
  readonly chunks: readonly unknown[];
  readonly chunkSize: number;
}

/** Undefined for what is no progress, as after a download that was ended while it wrote it. */
function parseProgress(text: string | undefined): Progress | undefined {
  if (text === undefined) return undefined;
  try {
    const { chunks, chunkSize } = JSON.parse(text) as { chunks?: unknown; chunkSize?: unknown };
    return Array.isArray(chunks) && typeof chunkSize === "number"
      ? { chunks, chunkSize }
      : undefined;
  } catch {
    return undefined;
  }
}

function readTail(path: string): { readonly text: string; readonly fileBytes: number } {
  const file = openSync(path, "r");
  try {
    const fileBytes = fstatSync(file).size;
    const bytes = Buffer.alloc(Math.min(tailBytes, fileBytes));
    readSync(file, bytes, 0, bytes.length, fileBytes - bytes.length);
    return { text: bytes.toString("latin1"), fileBytes };
  } finally {
    closeSync(file);
  }
}
