import { fewTokensDiffer, looserHint } from "../../engine/vocabulary-fit.ts";
import { environmentError, usageError } from "../../errors.ts";
import { readModelFacts } from "../../models/model-facts.ts";
import { namedFile, presetFile } from "../../models/named-file.ts";
import { checkPair, type PairCheck } from "../../models/pair-check.ts";
import type { CheckFlags } from "./check.ts";
import { describePair, pairAsJson } from "./describe-pair.ts";
import { folderOf } from "./options.ts";

/** @throws UserError for what is no model file; "pair-incompatible" for a draft that does not fit */
export async function runCheck(flags: CheckFlags): Promise<void> {
  const { target, draft } = filesOf(flags);
  const strict = flags["strict-vocabulary"] ?? false;
  const check = checkPair(await readModelFacts(target), await readModelFacts(draft), { strict });
  const text = flags.json ? JSON.stringify(pairAsJson(check), null, 2) : describePair(check);
  process.stdout.write(`${text}\n`);
  if (check.compatible) return;
  throw environmentError(
    "pair-incompatible",
    `${check.draft.info.file} cannot draft for ${check.target.info.file}`,
    onlyStrictness(check)
      ? looserHint
      : "Take a draft model of the target's own family, with an attention cache.",
  );
}

/** Whether the pair would be usable without `--strict-vocabulary`. */
function onlyStrictness({ problems, vocabulary }: PairCheck): boolean {
  const isVocabulary = problems.every(({ code }) => code === "vocabulary-mismatch");
  return isVocabulary && fewTokensDiffer(vocabulary);
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
