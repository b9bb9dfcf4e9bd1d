import { createHash } from "node:crypto";
import type { Vocabulary } from "./port.ts";

/**
 * Names a vocabulary: two are the same where this is.
 *
 * @returns SHA-256, hex, of the number of tokens and of their entries in order, each on a line
 */
export function vocabularyHash(vocabulary: Pick<Vocabulary, "size" | "entry">): string {
  const hash = createHash("sha256").update(`${vocabulary.size}\n`);
  for (let token = 0; token < vocabulary.size; token++) hash.update(`${vocabulary.entry(token)}\n`);
  return hash.digest("hex");
}
