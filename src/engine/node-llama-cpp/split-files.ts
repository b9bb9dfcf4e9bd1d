import { basename, dirname, join } from "node:path";
import { environmentError } from "../../errors.ts";
import type { GgufHeader } from "./gguf-header.ts";

const splitName = /^(.*)-\d{5}-of-(\d{5})\.gguf$/;

/**
 * The further files of a model in several (llama.cpp's gguf-split), in their order.
 *
 * @param first the header of the file that the user named
 * @returns nothing for a model in one file
 * @throws UserError where it is not the first of them, which alone names the model
 */
export function furtherSplitFiles(first: GgufHeader): string[] {
  const count = Number(first.metadata.get("split.count") ?? 1);
  if (count <= 1) return [];
  const [, prefix, total] = splitName.exec(basename(first.path)) ?? [];
  const file = (i: number) =>
    join(dirname(first.path), `${prefix}-${digits(i)}-of-${digits(count)}.gguf`);
  if (prefix === undefined || Number(total) !== count) {
    const message = `${first.path} is one of ${count} files and has lost its name`;
    const hint = `Rename it to NAME-00001-of-${digits(count)}.gguf, and its fellows likewise.`;
    throw environmentError("model-split", message, hint);
  }
  if (first.metadata.get("split.no") !== 0) {
    const message = `${first.path} is not the first of its ${count} files`;
    throw environmentError("model-split", message, `Name the first: ${file(1)}`);
  }
  return Array.from({ length: count - 1 }, (_, i) => file(i + 2));
}

function digits(n: number): string {
  return String(n).padStart(5, "0");
}
