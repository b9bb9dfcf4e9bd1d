import type { CommandModule } from "yargs";
import { withDefaultsShown } from "./defaults-in-help.ts";
import { type GenerateFlags, generateDefaults, generateOptions } from "./generate-options.ts";

/** `specdec generate`: text to stdout as it comes, one line of figures to stderr. */
export const generateCommand: CommandModule<object, GenerateFlags> = {
  command: "generate [prompt]",
  describe: "Answer one prompt and show how fast",
  builder: (yargs) =>
    yargs
      .positional("prompt", {
        type: "string",
        describe: "The prompt; - reads it from stdin",
      })
      // Without this yargs makes nothing of a lone -.
      .nargs("prompt", 1)
      .options(withDefaultsShown(generateOptions, generateDefaults({})))
      .example("$0 generate 'def fibonacci(n):'", "The demonstration pair that comes with specdec")
      .example("$0 generate --preset smollm2 'Write a haiku'", "A pair by name")
      .example("$0 generate --target big.gguf --draft small.gguf 'Write a haiku'", "Speculatively")
      .example(
        "$0 generate --target big.gguf --heads heads.gguf 'Write a haiku'",
        "With draft heads",
      )
      .example("$0 generate --target big.gguf 'Write a haiku'", "Plainly")
      .example("cat notes.txt | $0 generate --target big.gguf -", "Prompt from stdin"),
  // What runs it takes longer to load than a help text may take to show.
  handler: async (flags) => (await import("./run-generate.ts")).runGenerateCommand(flags),
};
