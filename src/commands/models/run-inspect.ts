import { contextSizeFor } from "../../engine/context-size.ts";
import { usageError } from "../../errors.ts";
import { maxContext } from "../../limits.ts";
import { readModelFacts } from "../../models/model-facts.ts";
import { namedFile } from "../../models/named-file.ts";
import { parseNumber } from "../numbers.ts";
import { printJson, printLines } from "../output.ts";
import { describeModel, modelAsJson } from "./describe-model.ts";
import type { InspectFlags } from "./inspect.ts";
import { folderOf } from "./options.ts";

/** @throws UserError for what is no model file, and a context that the model cannot have */
export async function runInspect(flags: InspectFlags): Promise<void> {
  if (flags.file === undefined) {
    throw usageError("there is no model to inspect", "Name a GGUF file, or PRESET:target.");
  }
  const wanted = parseNumber(flags.ctx, { name: "--ctx", min: 0, max: maxContext, whole: true });
  const facts = await readModelFacts(namedFile(flags.file, folderOf(flags)));
  const context = contextSizeFor(facts.info, wanted);
  if (flags.json) printJson(modelAsJson(facts, context));
  else printLines(describeModel(facts, context));
}
