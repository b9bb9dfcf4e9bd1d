import yargs from "yargs";

import { benchCommand } from "./commands/bench.ts";
import { chatCommand } from "./commands/chat.ts";
import { compareCommand } from "./commands/compare.ts";
import { withCompletion } from "./commands/complete-words.ts";
import { completionCommand } from "./commands/completion.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { generateCommand } from "./commands/generate.ts";
import { headsCommand } from "./commands/heads.ts";
import { helpEpilogue } from "./commands/help-text.ts";
import { modelsCommand } from "./commands/models.ts";
import { withStdinPrompts } from "./commands/stdin-prompts.ts";
import { tuneCommand } from "./commands/tune.ts";
import { usageFailure } from "./commands/usage-failure.ts";
import { environmentError, exitCodes, UserError } from "./errors.ts";
import { visibleText } from "./text/visible-text.ts";
import { versions } from "./version.ts";

/**
 * Runs the program: arguments in, exit code out. The only place that prints an error.
 *
 * @param args without node and the script
 */
export async function main(args: readonly string[]): Promise<void> {
  endQuietlyWithoutReader();
  try {
    await parser(withStdinPrompts(spelledOut(args))).parseAsync();
  } catch (error) {
    process.exitCode = report(error);
  }
}

/** `help COMMAND` is `COMMAND --help`. */
function spelledOut(args: readonly string[]): readonly string[] {
  return args[0] === "help" ? [...args.slice(1), "--help"] : args;
}

const commandNames = [
  "chat",
  "generate",
  "bench",
  "compare",
  "tune",
  "doctor",
  "models",
  "heads",
  "completion",
];
const subcommands = {
  models: ["list", "pull", "inspect", "check", "rm"],
  heads: ["info", "features"],
};
/** What takes several values, as --drafter does in a sweep; of any other option that is given twice the last one counts. */
const lists: ReadonlySet<string> = new Set(["stop", "prompts", "names", "_", "--"]);
/** The same in a sweep alone. */
const sweepLists: ReadonlySet<string> = new Set(["drafter", "heads"]);

function parser(args: readonly string[]) {
  return withCompletion(
    yargs(args)
      .scriptName("specdec")
      .usage(
        "$0 <command>\n\nDoes speculative decoding pay on this machine, with this pair of models?",
      )
      .command(chatCommand)
      .command(generateCommand)
      .command(benchCommand)
      .command(compareCommand)
      .command(tuneCommand)
      .command(doctorCommand)
      .command(modelsCommand)
      .command(headsCommand)
      .command(completionCommand)
      .example("$0 bench", "Measure the pair that comes with specdec")
      .example("$0 bench --target big.gguf --draft small.gguf", "Measure a pair of your own")
      .example("$0 chat --preset smollm2", "Talk to a pair, and see where every token came from")
      .example("$0 generate 'Write a haiku'", "Answer a prompt, and show how fast")
      .example("$0 doctor", "See whether all is there, and what runs here")
      .epilogue(helpEpilogue)
      .demandCommand(1, "Name a command.")
      .strict()
      .strictCommands()
      // Help and messages in one language, whatever the system's is.
      .locale("en")
      .version(versions().specdec)
      .alias("help", "h")
      .wrap(Math.min(100, process.stdout.columns ?? 100))
      .exitProcess(false)
      .parserConfiguration({
        "boolean-negation": false,
        "camel-case-expansion": false,
        "dot-notation": false,
      })
      .middleware(lastOfEach, true)
      .fail((message: string | null, error: Error | undefined) => {
        // yargs throws some of its own messages, with a stack that nobody needs.
        if (error !== undefined && error.name !== "YError") throw error;
        throw usageFailure(message ?? "wrong usage", { args, commands: commandNames, subcommands });
      }),
    args,
  );
}

function lastOfEach(flags: Record<string, unknown>): void {
  const [command] = flags._ as readonly unknown[];
  const sweeps = command === "bench" || command === "tune";
  const isList = (name: string) => lists.has(name) || (sweeps && sweepLists.has(name));
  for (const [name, value] of Object.entries(flags)) {
    if (Array.isArray(value) && !isList(name)) flags[name] = value.at(-1);
  }
}

/** A reader that leaves early, like `head`, ends the program without a fuss. */
function endQuietlyWithoutReader(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(exitCodes.ok);
    process.exit(
      report(environmentError("output-unwritable", `cannot write to stdout: ${error.message}`)),
    );
  });
  // Progress without a reader is no reason to lose the result.
  process.stderr.on("error", () => {});
}

/** @returns the exit code */
function report(error: unknown): number {
  if (error instanceof UserError) {
    printErrors(
      `error: ${error.message}`,
      ...(error.hint === undefined ? [] : [`hint: ${error.hint}`]),
      ...(error.details.length === 0
        ? []
        : [`${error.detailsAre}:`, ...error.details.map((line) => `  ${line}`)]),
    );
    return error.exitCode;
  }
  const { specdec, nodeLlamaCpp, koffi, node } = versions();
  printErrors(
    ...stackLines(error),
    "",
    "This is a bug in specdec. Please report it with the lines above and:",
    `specdec ${specdec}, node-llama-cpp ${nodeLlamaCpp}, koffi ${koffi}, node ${node}, ` +
      `${process.platform} ${process.arch}`,
  );
  return exitCodes.bug;
}

/** The message, which may have text of a file in it, as one line, then the stack's own lines. */
function stackLines(error: unknown): string[] {
  if (!(error instanceof Error)) return [String(error)];
  const frames = (error.stack ?? "").split("\n").filter((line) => /^ +at /.test(line));
  return [`${error.name}: ${error.message}`, ...frames];
}

function printErrors(...lines: readonly string[]): void {
  process.stderr.write(lines.map((line) => `${visibleText(line)}\n`).join(""));
}
