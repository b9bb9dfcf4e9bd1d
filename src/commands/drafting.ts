import { usageError } from "../errors.ts";

/** Draft lengths where nothing else is said; without a draft model there is nothing to draft. */
export function defaultDraftLen(hasDraft: boolean, withDraft: string): string {
  return hasDraft ? withDraft : "0";
}

/** Candidate filter where nothing else is said. */
export const defaultTopK = "10";

/** @throws UserError where something is to be drafted and no model is there for it */
export function requireDraft(draftLengths: readonly number[], draft: string | undefined): void {
  if (draft !== undefined || draftLengths.every((length) => length === 0)) return;
  throw usageError("--draft-len needs a draft model", "Name one with --draft FILE.");
}
