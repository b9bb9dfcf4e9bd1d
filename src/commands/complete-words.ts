import type { Argv, FallbackCompletionFunction } from "yargs";

/** What yargs knows of the options at the cursor; its types leave `getOptions` out. */
interface KnownOptions {
  readonly key: Readonly<Record<string, unknown>>;
  readonly boolean: readonly string[];
  readonly choices: Readonly<Record<string, readonly string[] | undefined>>;
}

/** yargs registers a completion function only together with a command; nobody needs this one. */
const hiddenCommand = "get-yargs-completions";

/**
 * Lets a program propose words to a shell: what yargs proposes, but presets after `--preset`, and
 * nothing after other options that take a value of no fixed choice: there the shell completes files.
 *
 * @param args of the program; the last is the word at the cursor
 */
export function withCompletion<T>(program: Argv<T>, args: readonly string[]): Argv<T> {
  const knownOptions = () => (program as unknown as { getOptions(): KnownOptions }).getOptions();
  const complete: FallbackCompletionFunction = (_current, _argv, propose, done) => {
    const option = optionBeforeCursor(args, knownOptions());
    if (option === undefined) propose();
    else if (option === "preset") presetNames().then(done, () => done([]));
    else done([]);
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

async function presetNames(): Promise<string[]> {
  const { loadPresets } = await import("../presets/load-presets.ts");
  return loadPresets().map(({ preset }) => preset.id);
}
