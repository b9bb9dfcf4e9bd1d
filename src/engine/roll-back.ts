import { environmentError } from "../errors.ts";
import type { ModelInfo } from "./port.ts";

/** @throws UserError for a model whose cache cannot be cut back after a rejected draft */
export function requireRollBack(info: ModelInfo): void {
  if (info.canRollBack) return;
  throw environmentError(
    "cannot-roll-back",
    `${info.file} (${info.architecture}) keeps a recurrent state that cannot be cut back after a rejected draft`,
    "Speculative decoding needs a model with an attention cache. With --draft-len 0 alone, without --draft and --heads, this one runs plainly.",
  );
}
