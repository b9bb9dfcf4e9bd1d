import { type Counts, count, noCounts } from "../decoding/metrics.ts";
import { type UserError, usageError } from "../errors.ts";
import { type Conversation, newConversation, type Turn } from "./conversation.ts";
import { addEvents } from "./event-log.ts";
import { type TranscriptFile, transcriptSchema, transcriptVersion } from "./transcript-schema.ts";

/**
 * Reads a conversation from what /save wrote.
 *
 * @param path named in messages
 * @throws UserError for text that is something else, or not whole
 */
export function readTranscript(text: string, path: string): Conversation {
  const json = parse(text, path);
  const head = json as Partial<Record<"specdec" | "version", unknown>> | null;
  if (head?.specdec !== "chat") throw foreign(path);
  if (typeof head.version === "number" && head.version > transcriptVersion) {
    throw usageError(
      `${path} has version ${head.version} of the format, and this specdec reads ${transcriptVersion}`,
      "Load it with the specdec that saved it, or a newer one.",
    );
  }
  const { success, data, error } = transcriptSchema.safeParse(json);
  if (success) return conversationOf(data);
  const [issue] = error.issues;
  throw usageError(
    `${path} is damaged at ${issue?.path.join(".")}: ${issue?.message}`,
    "Load another file, or mend this place.",
  );
}

function parse(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw usageError(
      `${path} is not whole JSON: ${(error as Error).message}`,
      "It may have been cut off while it was copied; load another file.",
    );
  }
}

function foreign(path: string): UserError {
  return usageError(`${path} is not a saved chat`, "Name a file that /save wrote as .json.");
}

function conversationOf({ system, turns }: TranscriptFile): Conversation {
  const before = { system: system ?? undefined, raw: false, special: false, template: undefined };
  return { ...newConversation(before), turns: turns.map(turnOf) };
}

function turnOf({ question, answer }: TranscriptFile["turns"][number]): Turn {
  if (answer === null) return { question, answer: undefined };
  const { events, ...facts } = answer;
  const counts = events.reduce<Counts>(count, noCounts);
  return { question, answer: { ...facts, counts, events: addEvents(undefined, events) } };
}
