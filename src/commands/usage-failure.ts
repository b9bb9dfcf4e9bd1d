import { type UserError, usageError } from "../errors.ts";

/** The command line that yargs turned down. */
export interface RefusedLine {
  /** Without node and the script. */
  readonly args: readonly string[];
  /** The names of all commands. */
  readonly commands: readonly string[];
  /** Of the commands that have some of their own, those. */
  readonly subcommands: Readonly<Record<string, readonly string[]>>;
}

interface Explanation {
  /** What yargs says, in English. */
  readonly pattern: RegExp;
  readonly explain: (match: readonly string[], line: RefusedLine) => UserError;
}

const explanations: readonly Explanation[] = [
  {
    pattern: /^Not enough arguments following: (.+)$/,
    explain: ([, name = ""], line) => usageError(`--${name} needs a value`, seeHelp(line)),
  },
  {
    pattern: /Argument: (\S+), Given: (.+), Choices: (.+)$/,
    explain: ([, name = "", given = "", choices = ""], line) =>
      usageError(
        `${isOption(name, line) ? "--" : ""}${name} ${unquoted(given)} is none of ${unquoted(choices)}`,
        seeHelp(line),
      ),
  },
  {
    pattern: /^Not enough non-option arguments/,
    explain: (_, line) => usageError("an argument is missing", seeHelp(line)),
  },
  {
    pattern: /^Unknown arguments?: (.+)$/s,
    explain: ([, names = ""], line) => {
      const options = names.split(", ").map((name) => asTyped(name, line));
      const what = options.length === 1 ? "unknown option" : "unknown options";
      return usageError(`${what} ${options.join(", ")}`, unknownHint(line));
    },
  },
  {
    pattern: /^Unknown commands?: (.+)$/s,
    explain: ([, words = ""], line) => {
      const word = words.split(", ")[0] ?? "";
      const command = commandOf(line);
      if (command === undefined) return usageError(`there is no command ${word}`, listOf(line));
      const own = line.subcommands[command] ?? [];
      return own.length > 0 && !own.some((name) => line.args.includes(name))
        ? usageError(`there is no command ${command} ${word}`, listOf(line, own))
        : usageError(`too many arguments: ${words}`, tooManyHint(line));
    },
  },
  {
    pattern: /^Name a command\.$/,
    explain: ([message = ""], line) => {
      const option = line.args.find((arg) => /^-./.test(arg));
      return option === undefined
        ? usageError(message, listOf(line))
        : usageError(`${option} without a command says nothing`, listOf(line));
    },
  },
];

/** Says what is wrong with a command line in this program's words: the option and what it takes. */
export function usageFailure(message: string, line: RefusedLine): UserError {
  for (const { pattern, explain } of explanations) {
    const match = pattern.exec(message);
    if (match !== null) return explain(match, line);
  }
  return usageError(message, seeHelp(line));
}

function commandOf({ args, commands }: RefusedLine): string | undefined {
  return commands.find((name) => args.includes(name));
}

function seeHelp(line: RefusedLine): string {
  return `See ${["specdec", commandOf(line), "--help"].filter(Boolean).join(" ")}.`;
}

function listOf(line: RefusedLine, commands = line.commands): string {
  const names = new Intl.ListFormat("en").format(commands);
  return `The commands are ${names}. ${seeHelp(line)}`;
}

function unknownHint(line: RefusedLine): string {
  const isText = line.args.some((arg) => /^-\S*\s/.test(arg));
  return isText ? "A prompt that begins with - goes after --." : seeHelp(line);
}

function tooManyHint(line: RefusedLine): string {
  return commandOf(line) === "generate" ? "Put the prompt in quotes." : seeHelp(line);
}

/** Positional arguments have names too, which nobody types. */
function isOption(name: string, { args }: RefusedLine): boolean {
  return args.some((arg) => arg === `--${name}` || arg.startsWith(`--${name}=`));
}

/** An option with the dashes that it was typed with. */
function asTyped(name: string, { args }: RefusedLine): string {
  const typed = args.find((arg) => /^-/.test(arg) && arg.replace(/^-+|=.*$/gs, "") === name);
  return typed?.replace(/=.*$/s, "") ?? `${name.length === 1 ? "-" : "--"}${name}`;
}

function unquoted(text: string): string {
  return text.replaceAll('"', "");
}
