import { nearest } from "../nearest.ts";
import { type CommandName, commandNames, isCommand } from "./command-table.ts";

/** What was entered: a message for the model, or a command for the chat. */
export type Entry =
  | { readonly type: "message"; readonly text: string }
  | {
      readonly type: "command";
      readonly name: CommandName;
      readonly argument: string;
      /** With "!" behind the name: whatever is in the way. */
      readonly force: boolean;
    }
  | { readonly type: "unknown"; readonly message: string; readonly hint: string };

/** Reads what was entered. A message that begins with a slash is written with two. */
export function parseEntry(text: string): Entry {
  if (!text.startsWith("/")) return { type: "message", text };
  if (text.startsWith("//")) return { type: "message", text: text.slice(1) };
  const [, word = "", argument = ""] = /^\/(\S*)\s*([\s\S]*)$/.exec(text) ?? [];
  const force = word.endsWith("!");
  const name = force ? word.slice(0, -1) : word;
  if (!isCommand(name) || (force && name !== "save")) return unknownCommand(word);
  return { type: "command", name, argument: argument.trim(), force };
}

function unknownCommand(word: string): Entry {
  const similar = nearest(word, commandNames);
  const meant = similar === undefined ? "/help lists all commands" : `Did you mean /${similar}`;
  const ending = similar === undefined ? "." : "?";
  return {
    type: "unknown",
    message: word === "" ? "a slash alone is no command" : `there is no command /${word}`,
    hint: `${meant}${ending} A message that begins with a slash is written with two: //.`,
  };
}
