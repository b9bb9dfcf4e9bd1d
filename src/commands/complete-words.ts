import type { Argv, FallbackCompletionFunction } from "yargs";

/** What yargs knows of the options at the cursor; its types leave `getOptions` out. */
interface KnownOptions {
  readonly key: Readonly<Record<string, unknown>>;
  readonly boolean: readonly string[];
  readonly choices: Readonly<Record<string, readonly string[] | undefined>>;
}

/** yargs registers a completion function only together with a command; nobody needs this one. */
const hiddenCommand = "get-yargs-completions";

/** Words that an option takes, where yargs knows no choices; of files the shell knows more. */
const valuesOf: Readonly<Record<string, () => Promise<readonly string[]>>> = {
  preset: presetNames,
  prompts: async () => (await import("../bench/prompt-suites.ts")).promptSuites(),
  drafter: async () => (await import("../drafter-choice.ts")).drafterChoices,
};

/** Commands of `specdec models` that presets are given to. */
const takesPresets: ReadonlySet<string> = new Set(["pull", "inspect", "check", "rm"]);

/**
 * Lets a program propose words to a shell: what yargs proposes, but the words of `valuesOf` after
 * their options, presets behind commands that take them, and nothing after other options that take a
 * value of no fixed choice. Where nothing is proposed the shell completes files.
 *
 * @param args of the program; the last is the word at the cursor
 */
export function withCompletion<T>(program: Argv<T>, args: readonly string[]): Argv<T> {
  const knownOptions = () => (program as unknown as { getOptions(): KnownOptions }).getOptions();
  const complete: FallbackCompletionFunction = (_current, _argv, propose, done) => {
    const option = optionBeforeCursor(args, knownOptions());
    const offer = (words: Promise<readonly string[]>): void => {
      words.then(
        (found) => done([...found]),
        () => done([]),
      );
    };
    if (option !== undefined) offer(valuesOf[option]?.() ?? Promise.resolve([]));
    else if (namesModel(args)) offer(presetNames());
    else propose();
  };
  return program.completion(hiddenCommand, false, complete);
}

/** The option whose value stands at the cursor, where yargs has no choices to propose for it. */
function optionBeforeCursor(
  args: readonly string[],
  { key, boolean, choices }: KnownOptions,
): string | undefined {
  const name = /^--?(.+)$/.exec(args.at(-2) ?? "")?.[1];
  if (name === undefined || !Object.hasOwn(key, name)) return undefined;
  return boolean.includes(name) || choices[name] !== undefined ? undefined : name;
}

function namesModel(args: readonly string[]): boolean {
  const at = args.indexOf("models");
  const isWord = !args.at(-1)?.startsWith("-");
  return at >= 0 && at + 1 < args.length - 1 && takesPresets.has(args[at + 1] ?? "") && isWord;
}

async function presetNames(): Promise<string[]> {
  const { loadPresets } = await import("../presets/load-presets.ts");
  return loadPresets().map(({ preset }) => preset.id);
}
