import { UserError } from "../errors.ts";
import type { Action, Effect } from "./actions.ts";
import { type ChatFiles, fileTrouble } from "./file-trouble.ts";
import { readTranscript } from "./read-transcript.ts";
import { transcriptFormat } from "./transcript-format.ts";
import { type Saved, transcriptText } from "./write-transcript.ts";

/** Writes a conversation into a file, and says what came of it. */
export async function saveChat(
  files: ChatFiles,
  { path, replace }: Extract<Effect, { type: "save" }>,
  saved: Saved,
): Promise<Action> {
  return orFailure("write", path, async () => {
    const text = transcriptText(saved, transcriptFormat(path) ?? "json");
    await files.write(path, text, { replace });
    return { type: "saved", path };
  });
}

/** Reads a conversation from a file, or says what keeps it from being read. */
export async function loadChat(files: ChatFiles, path: string): Promise<Action> {
  return orFailure("read", path, async () => {
    const conversation = readTranscript(await files.read(path), path);
    return { type: "loaded", path, conversation };
  });
}

async function orFailure(
  verb: "read" | "write",
  path: string,
  work: () => Promise<Action>,
): Promise<Action> {
  try {
    return await work();
  } catch (error) {
    const trouble = fileTrouble(error, verb, path);
    if (!(trouble instanceof UserError)) throw trouble;
    return { type: "failed", error: trouble.toData() };
  }
}
