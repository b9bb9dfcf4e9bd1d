import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { environmentError } from "../../errors.ts";
import type { GgufHeader } from "./gguf-header.ts";

const splitName = /^(.*)-\d{5}-of-(\d{5})\.gguf$/;
/** `SPLIT` numbers have five digits in file names. */
const maxFiles = 99_999;
const shownFiles = 3;

/**
 * The further files of a model in several (llama.cpp's gguf-split), in their order.
 *
 * @param first the header of the file that the user named
 * @returns nothing for a model in one file
 * @throws UserError where it is not the first of them, which alone names the model, or others are
 *   missing
 */
export function furtherSplitFiles(first: GgufHeader): string[] {
  const count = first.metadata.get("split.count") ?? 1;
  if (typeof count !== "number" || !(count >= 0 && count <= maxFiles)) {
    throw splitError(
      `${first.path} says that it is one of ${String(count)} files`,
      "Download it again.",
    );
  }
  if (count <= 1) return [];
  const [, prefix, total] = splitName.exec(basename(first.path)) ?? [];
  const file = (i: number) =>
    join(dirname(first.path), `${prefix}-${digits(i)}-of-${digits(count)}.gguf`);
  if (prefix === undefined || Number(total) !== count) {
    throw splitError(
      `${first.path} is one of ${count} files and has lost its name`,
      `Rename it to NAME-${digits(numberIn(first))}-of-${digits(count)}.gguf, and the others likewise.`,
    );
  }
  if (first.metadata.get("split.no") !== 0) {
    const isThere = existsSync(file(1));
    throw splitError(
      `${first.path} is not the first of its ${count} files`,
      isThere ? `Name the first: ${file(1)}` : `Download them all, and name the first: ${file(1)}`,
    );
  }
  const further = Array.from({ length: count - 1 }, (_, i) => file(i + 2));
  requireAll(first, further);
  return further;
}

/** @throws UserError where the files together do not have all tensors that the first one counts */
export function checkAllTensors(headers: readonly GgufHeader[]): void {
  const [first] = headers as [GgufHeader];
  const expected = first.metadata.get("split.tensors.count");
  const found = headers.reduce((sum, { tensors }) => sum + tensors.length, 0);
  if (headers.length === 1 || typeof expected !== "number" || expected === found) return;
  throw splitError(
    `${first.path} and its further files have ${found} tensors, and should have ${expected}`,
    "Download all of them again, from one place: they do not belong together.",
  );
}

function requireAll(first: GgufHeader, further: readonly string[]): void {
  const missing = further.filter((path) => !existsSync(path)).map((path) => basename(path));
  if (missing.length === 0) return;
  const rest = missing.length - shownFiles;
  const shown = missing.slice(0, shownFiles).join(", ");
  const names = rest > 0 ? `${shown} and ${rest} more` : shown;
  throw environmentError(
    "model-missing",
    `${first.path} is the first of ${further.length + 1} files, and ${names} ${missing.length === 1 ? "is" : "are"} not next to it`,
    "Download the missing files into the same folder.",
  );
}

function splitError(message: string, hint: string): Error {
  return environmentError("model-split", message, hint);
}

/** Its number among the files, from 1. */
function numberIn({ metadata }: GgufHeader): number {
  const number = metadata.get("split.no");
  return typeof number === "number" ? number + 1 : 1;
}

function digits(n: number): string {
  return String(n).padStart(5, "0");
}
