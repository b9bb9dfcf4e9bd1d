import { environmentError, usageError } from "../../errors.ts";
import { readModelFacts } from "../../models/model-facts.ts";
import { namedFile, presetFile } from "../../models/named-file.ts";
import { checkPair } from "../../models/pair-check.ts";
import { printJson, printLines } from "../output.ts";
import type { CheckFlags } from "./check.ts";
import { describePair, pairAsJson } from "./describe-pair.ts";
import { folderOf } from "./options.ts";

/** @throws UserError for what is no model file; "pair-incompatible" for a draft that does not fit */
export async function runCheck(flags: CheckFlags): Promise<void> {
  const { target, draft } = filesOf(flags);
  const check = checkPair(await readModelFacts(target), await readModelFacts(draft));
  if (flags.json) printJson(pairAsJson(check));
  else printLines(describePair(check));
  if (check.compatible) return;
  throw environmentError(
    "pair-incompatible",
    `${check.draft.info.file} cannot draft for ${check.target.info.file}`,
    "Take a draft model of the target's own family, with an attention cache.",
  );
}

function filesOf(flags: CheckFlags): { readonly target: string; readonly draft: string } {
  const { target, draft } = flags;
  const folder = folderOf(flags);
  if (target === undefined) {
    throw usageError("there is no pair to check", "Name a target and a draft, or a preset.");
  }
  if (draft !== undefined) {
    return { target: namedFile(target, folder), draft: namedFile(draft, folder) };
  }
  if (/\.gguf$/i.test(target)) {
    throw usageError("there is no draft model to check", "Name it behind the target.");
  }
  const ofPreset = (role: "target" | "draft"): string => presetFile(target, role, folder);
  return { target: ofPreset("target"), draft: ofPreset("draft") };
}
