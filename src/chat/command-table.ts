import { drafterChoices } from "../drafter-choice.ts";
import { provenances } from "./provenance.ts";
import { type SettingName, settingNames } from "./settings.ts";

/** A slash command, as /help and completion tell of it. */
export interface Command {
  /** What may follow it; empty for nothing. */
  readonly argument: string;
  readonly help: string;
  /** Values to choose from, where they are few. */
  readonly values?: readonly string[];
  /** False where it has to wait for the end of an answer. */
  readonly anyTime: boolean;
}

/** All commands, in the order of /help. */
export const commands = {
  help: { argument: "", help: "Lists commands and keys", anyTime: true },
  drafter: {
    argument: "NAME",
    help: "What drafts: the draft model, draft heads, prompt lookup, in turn, or nothing",
    values: drafterChoices,
    anyTime: true,
  },
  "draft-len": {
    argument: "N",
    help: "Tokens drafted in a row for one pass; auto chooses before each, 0 decodes plainly",
    values: ["auto"],
    anyTime: true,
  },
  "top-k": {
    argument: "N",
    help: "Candidate filter: draft from the N likeliest tokens only; 0 for all",
    anyTime: true,
  },
  "tree-size": {
    argument: "N",
    help: "Tokens drafted in all for one pass, as a tree; 0 for a chain",
    anyTime: true,
  },
  "p-min": {
    argument: "P",
    help: "Ends a draft that the drafter finds less probable than P, 0 to 1",
    anyTime: true,
  },
  temp: {
    argument: "T",
    help: "Temperature; 0 takes the likeliest token, which is what can be compared",
    anyTime: true,
  },
  plain: {
    argument: "",
    help: "Answers the last question without drafts, to measure; the answer is not kept",
    anyTime: false,
  },
  compare: {
    argument: "",
    help: "Answers the last question plainly and with drafts, and compares text and speed",
    anyTime: false,
  },
  stats: { argument: "", help: "Figures of all answers so far", anyTime: true },
  system: {
    argument: "TEXT",
    help: "System message from the next question on; off removes it",
    values: ["off"],
    anyTime: true,
  },
  reset: { argument: "", help: "Begins a new conversation", anyTime: false },
  retry: { argument: "", help: "Answers the last question again", anyTime: false },
  show: { argument: "", help: "Prints the last answer again, with provenance", anyTime: false },
  provenance: {
    argument: "MODE",
    help: "How much is shown of where tokens came from",
    values: provenances,
    anyTime: true,
  },
  details: { argument: "", help: "Opens or closes the panel of details", anyTime: true },
  save: {
    argument: "FILE",
    help: "Saves the conversation: .md to read, .json with all events; /save! replaces a file",
    anyTime: false,
  },
  load: { argument: "FILE", help: "Goes on with a conversation saved as .json", anyTime: false },
  quit: { argument: "", help: "Ends the chat", anyTime: true },
} as const satisfies Record<string, Command>;

/** The name of a command. */
export type CommandName = keyof typeof commands;

/** All names, in the order of /help. */
export const commandNames = Object.keys(commands) as CommandName[];

/** A command by its name. */
export function commandOf(name: CommandName): Command {
  return commands[name];
}

/** Whether a word is the name of a command. */
export function isCommand(word: string): word is CommandName {
  return Object.hasOwn(commands, word);
}

/** Whether a command changes a setting. */
export function isSetting(name: CommandName): name is CommandName & SettingName {
  return settingNames.some((setting) => setting === name);
}
