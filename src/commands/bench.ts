import type { CommandModule } from "yargs";
import { promptSuites } from "../bench/prompt-suites.ts";
import { type BenchFlags, benchDefaults, benchOptions } from "./bench-options.ts";
import { withDefaultsShown } from "./defaults-in-help.ts";
import { promptsHelp } from "./prompt-options.ts";

/** `specdec bench`: sweeps draft length and candidate filter against plain decoding. */
export const benchCommand: CommandModule<object, BenchFlags> = {
  command: "bench",
  describe: "Compare speculative decoding with plain decoding",
  builder: (yargs) =>
    yargs
      .options(withDefaultsShown(benchOptions, benchDefaults({})))
      .example("$0 bench", "The demonstration pair that comes with specdec")
      .example("$0 bench --target big.gguf --draft small.gguf", "Draft lengths 1, 2 and 4")
      .example(
        "$0 bench --target big.gguf --draft small.gguf --draft-len 1-8 --reps 5 --out report.json",
        "A finer sweep, kept as JSON",
      )
      .example(
        "$0 bench --target big.gguf --draft small.gguf --draft-len 1,2,4,auto",
        "And a length that is chosen before every pass",
      )
      .example(
        "$0 bench --target big.gguf --draft small.gguf --top-k 1,3 --tree-size 8",
        "A chain and a tree",
      )
      .example(
        "$0 bench --target big.gguf --draft small.gguf --heads parallel.gguf chained.gguf",
        "And heads on the target's own state",
      )
      .example(
        "$0 bench --target big.gguf --drafter ngram --prompts rewriting",
        "Prompt lookup, without a draft model",
      )
      .example(
        "$0 bench --preset smollm2 --prompts code mine.jsonl 'Say hi'",
        "A suite, a file and a prompt of your own",
      )
      .epilogue(promptsHelp(promptSuites())),
  // What runs it takes longer to load than a help text may take to show.
  handler: async (flags) => (await import("./run-bench.ts")).runBenchCommand(flags),
};
