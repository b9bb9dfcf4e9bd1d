import type { SharedTokens } from "../drafters/shared-tokens.ts";
import type { Vocabulary } from "./port.ts";

/**
 * A shared token for the draft model to read in place of those that it does not share.
 *
 * @param shared the ids that both models have, and which of them differ
 */
export async function chooseStandIn(
  draft: Pick<Vocabulary, "tokenize">,
  { size, excluded }: Pick<SharedTokens, "size" | "excluded">,
): Promise<number> {
  const isShared = (token: number): boolean => token < size && !excluded.has(token);
  const newline = (await draft.tokenize("\n")).findLast(isShared);
  if (newline !== undefined) return newline;
  for (let token = 0; token < size; token++) if (isShared(token)) return token;
  throw new Error("the two vocabularies have no token in common");
}
