import { usageError } from "../errors.ts";
import type { ModelInfo } from "./port.ts";

/** Context where the user names none: enough for a chat, small enough for any machine. */
export const defaultContextSize = 4096;

/**
 * The context to open a model with.
 *
 * @param wanted tokens; 0 for the default
 * @throws UserError where the model was not trained for that many
 */
export function contextSizeFor(model: ModelInfo, wanted: number): number {
  const trained = model.trainedContext || defaultContextSize;
  if (wanted === 0) return Math.min(trained, defaultContextSize);
  if (wanted <= trained) return wanted;
  throw usageError(
    `--ctx ${wanted} is more than ${model.file} was trained with (${trained} tokens)`,
    `Ask for at most ${trained}.`,
  );
}
