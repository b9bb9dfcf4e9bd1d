import { fewTokensDiffer, looserHint } from "../../engine/vocabulary-fit.ts";
import { environmentError, usageError } from "../../errors.ts";
import { type ModelFacts, readModelFacts } from "../../models/model-facts.ts";
import { namedFile, presetFile } from "../../models/named-file.ts";
import { checkPair, type PairCheck } from "../../models/pair-check.ts";
import { printJson, printLines } from "../output.ts";
import type { CheckFlags } from "./check.ts";
import { describePair, pairAsJson } from "./describe-pair.ts";
import { folderOf } from "./options.ts";

/** @throws UserError for what is no model file; "pair-incompatible" for a draft that does not fit */
export async function runCheck(flags: CheckFlags): Promise<void> {
  const { target, draft } = filesOf(flags);
  const check = await checkFiles(target, draft, flags["strict-vocabulary"] ?? false);
  if (flags.json) printJson(pairAsJson(check));
  else printLines(describePair(check));
  if (check.compatible) return;
  throw environmentError(
    "pair-incompatible",
    `${check.draft.info.file} cannot draft for ${check.target.info.file}`,
    onlyStrictness(check)
      ? looserHint
      : "Take a draft model of the target's own family, with an attention cache.",
  );
}

/**
 * Judges a pair of files, without printing.
 *
 * @throws UserError for what is no model file, or one that llama.cpp would not load
 */
export async function checkFiles(
  target: string,
  draft: string,
  strict = false,
): Promise<PairCheck> {
  const [targetFacts, draftFacts] = [await runnableFacts(target), await runnableFacts(draft)];
  return withRemarks(checkPair(targetFacts, draftFacts, { strict }));
}

/** @throws UserError also for a model that llama.cpp would not load */
async function runnableFacts(path: string): Promise<ModelFacts> {
  const facts = await readModelFacts(path);
  const prevents = facts.remarks.find((remark) => remark.prevents);
  if (prevents !== undefined) throw environmentError(prevents.code, prevents.text, prevents.hint);
  return facts;
}

/** The pair's warnings, and what is odd about its files. */
function withRemarks(check: PairCheck): PairCheck {
  const remarks = [check.target, check.draft].flatMap(({ remarks }) => remarks);
  return {
    ...check,
    warnings: [...check.warnings, ...remarks.map(({ code, text }) => ({ code, text }))],
  };
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
