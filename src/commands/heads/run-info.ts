import { checkHeadsFit } from "../../engine/heads/heads-fit.ts";
import type { Notice } from "../../engine/pair.ts";
import type { HeadsInfo } from "../../engine/port.ts";
import { UserError, usageError } from "../../errors.ts";
import { readModelFacts } from "../../models/model-facts.ts";
import { namedFile } from "../../models/named-file.ts";
import { readHeads } from "../../models/read-heads.ts";
import { folderOf } from "../models/options.ts";
import { printJson, printLines } from "../output.ts";
import { describeHeads, type HeadsFit } from "./describe-heads.ts";
import type { HeadsInfoFlags } from "./info.ts";

/**
 * Shows a file of draft heads, and whether it fits the target that is named beside it.
 *
 * @throws UserError for what is no such file, no target, and heads that do not fit it
 */
export async function runHeadsInfo(flags: HeadsInfoFlags): Promise<void> {
  if (flags.file === undefined) {
    throw usageError(
      "there is no file of draft heads to show",
      "Name a GGUF file, or PRESET:heads.",
    );
  }
  const folder = folderOf(flags);
  const path = namedFile(flags.file, folder);
  const [heads] = (await readHeads([path])) as [HeadsInfo];
  const target = flags.target === undefined ? undefined : namedFile(flags.target, folder);
  const found = target === undefined ? undefined : await fitOf(heads, target);
  if (flags.json) printJson({ path, ...heads, ...(found && { fit: found.fit }) });
  else printLines(describeHeads(path, heads, found?.fit));
  if (found?.error !== undefined) throw found.error;
}

/** Whether heads fit a target; what is wrong is both shown and the end. */
async function fitOf(
  heads: HeadsInfo,
  targetPath: string,
): Promise<{ readonly fit: HeadsFit; readonly error?: UserError }> {
  const { info, vocabulary } = await readModelFacts(targetPath);
  try {
    const notices: readonly Notice[] = checkHeadsFit({ info, vocabulary }, [heads]);
    return { fit: { target: info.file, fits: true, notes: notices.map(({ text }) => text) } };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { fit: { target: info.file, fits: false, notes: [error.message] }, error };
  }
}
