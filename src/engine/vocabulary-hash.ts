import { createHash } from "node:crypto";
import type { ComparedVocabulary } from "./vocabulary-check.ts";

/** What names a vocabulary: SHA-256, hex, of its size and its entries in order, each on a line. */
export function vocabularyHash(vocabulary: Pick<ComparedVocabulary, "size" | "entry">): string {
  const hash = createHash("sha256").update(`${vocabulary.size}\n`);
  for (let token = 0; token < vocabulary.size; token++) {
    hash.update(`${vocabulary.entry(token)}\n`);
  }
  return hash.digest("hex");
}
