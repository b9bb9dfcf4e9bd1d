import { commandNames, commandOf, isCommand } from "./command-table.ts";
import type { Editor } from "./editor.ts";

/** A word that Tab would put in. */
export interface Candidate {
  readonly word: string;
  readonly describe: string;
}

/** Where completion stands. */
export interface Completion {
  /** What was typed when Tab was pressed first; undefined before. */
  readonly typed: string | undefined;
  /** Index of the candidate that is put in; -1 for none. */
  readonly chosen: number;
  /** Esc has closed it until something else is typed. */
  readonly closed: boolean;
}

/** Nothing chosen, ready for the next word. */
export const openCompletion: Completion = { typed: undefined, chosen: -1, closed: false };

/** What may be put in now, best first. */
export function candidates({ text, cursor }: Editor, completion: Completion): Candidate[] {
  if (completion.closed) return [];
  if (completion.typed !== undefined) return candidatesFor(completion.typed);
  return cursor === text.length ? candidatesFor(text) : [];
}

/**
 * Puts in the next candidate, or the one before.
 *
 * @returns undefined where there is none
 */
export function complete(
  editor: Editor,
  completion: Completion,
  step: 1 | -1,
): { readonly text: string; readonly completion: Completion } | undefined {
  const found = candidates(editor, completion);
  const typed = completion.typed ?? editor.text;
  const from = completion.chosen < 0 && step < 0 ? found.length : completion.chosen;
  const chosen = (from + step + found.length) % found.length;
  const candidate = found[chosen];
  if (candidate === undefined) return undefined;
  const text = typed.slice(0, typed.lastIndexOf(" ") + 1) + candidate.word;
  if (found.length > 1) return { text, completion: { typed, chosen, closed: false } };
  return { text: text + spaceBehind(text), completion: openCompletion };
}

function candidatesFor(text: string): Candidate[] {
  const [, name = "", space = "", value = ""] = /^\/([^\s/]*)( *)(\S*)$/.exec(text) ?? [];
  if (!text.startsWith("/") || text.startsWith("//")) return [];
  if (space === "") return value === "" && /^\/\S*$/.test(text) ? commandsFor(name) : [];
  if (!isCommand(name)) return [];
  const values = commandOf(name).values ?? [];
  return values
    .filter((word) => word.startsWith(value) && word !== value)
    .map((word) => ({ word, describe: "" }));
}

function commandsFor(start: string): Candidate[] {
  return commandNames
    .filter((name) => name.startsWith(start) && name !== start)
    .map((name) => ({ word: `/${name}`, describe: commandOf(name).help }));
}

/** A command that wants a value is ready for it. */
function spaceBehind(text: string): string {
  const name = text.slice(1);
  return isCommand(name) && commandOf(name).argument !== "" ? " " : "";
}
