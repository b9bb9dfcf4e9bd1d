import { usageError } from "../../errors.ts";
import { filesToRemove, partsToRemove, removeFiles } from "../../models/remove.ts";
import { formatBytes } from "../../reports/format.ts";
import { printLines } from "../output.ts";
import { folderOf } from "./options.ts";
import type { RemoveFlags } from "./rm.ts";

/**
 * Removes what is named, and prints it. Nothing is removed where one of the names is wrong.
 *
 * @throws UserError for a name that stands for nothing in the models folder
 */
export function runRemove(flags: RemoveFlags): void {
  const { names = [], "all-parts": allParts } = flags;
  if (names.length === 0 && !allParts) {
    throw usageError(
      "there is nothing to remove",
      "Name a file, a preset or a URI, or --all-parts.",
    );
  }
  const folder = folderOf(flags);
  const removed = removeFiles([
    ...names.flatMap((name) => filesToRemove(name, folder)),
    ...(allParts ? partsToRemove(folder) : []),
  ]);
  for (const { path, sizeBytes } of removed) {
    printLines([`removed ${path} (${formatBytes(sizeBytes)})`]);
  }
  const freed = removed.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  printLines([`freed ${formatBytes(freed)}`]);
}
