import { usageError } from "../errors.ts";
import { storedFileName } from "./stored-name.ts";

const splitPart = /-\d{5}-of-\d{5}(?=\.gguf$)/i;

/** Whether a file is one of several that make a model. */
export function isSplit(name: string): boolean {
  return splitPart.test(name);
}

/**
 * Whether two files belong to one model. A quantisation does not tell whether the model comes in
 * several files, so its name is without their numbers.
 */
export function sameModel(a: string, b: string): boolean {
  return a.replace(splitPart, "") === b.replace(splitPart, "");
}

/** Whether a name on the command line is one of a model to fetch, and not of a file or preset. */
export function isModelUri(name: string): boolean {
  return /^(?:hf|huggingface|https?):/i.test(name);
}

/** @throws UserError (usage) for a URI that names no model */
export function requireStoredName(uri: string): string {
  const name = storedFileName(uri);
  if (name !== undefined) return name;
  throw usageError(`${uri} names no model`, "Write hf:user/model:quantisation, or a file's.");
}
