import { usageError } from "../errors.ts";

/**
 * Parses JSON.
 *
 * @param file named in messages
 * @throws UserError (usage) that names the file and the line
 */
export function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const line = lineOfFault(text);
    throw usageError(
      `${file} line ${line} is not JSON: ${(error as Error).message}`,
      "Look for a missing comma, quote or bracket there.",
    );
  }
}

/** Node names a fault's place in some messages only; the first line that no JSON goes on from. */
function lineOfFault(text: string): number {
  const lines = text.split("\n");
  const index = lines.findIndex((_, i) => !couldGoOn(`${lines.slice(0, i + 1).join("\n")}\n`));
  return index < 0 ? text.trimEnd().split("\n").length : index + 1;
}

function couldGoOn(start: string): boolean {
  try {
    JSON.parse(start);
    return true;
  } catch (error) {
    const { message } = error as Error;
    // A text that its line does not end.
    if (message.startsWith("Bad control character")) return false;
    const position = /at position (\d+)/.exec(message)?.[1];
    if (position === undefined) return message.includes("Unexpected end");
    return Number(position) >= start.trimEnd().length;
  }
}
