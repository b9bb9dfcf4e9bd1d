import type { CommandModule } from "yargs";
import { type BenchFlags, benchOptions } from "./bench-options.ts";

/** `specdec bench`: sweeps draft length and candidate filter against plain decoding. */
export const benchCommand: CommandModule<object, BenchFlags> = {
  command: "bench",
  describe: "Compare speculative decoding with plain decoding",
  builder: (yargs) =>
    yargs
      .options(benchOptions)
      .example("$0 bench --target big.gguf --draft small.gguf", "Draft lengths 1, 2 and 4")
      .example(
        "$0 bench --target big.gguf --draft small.gguf --draft-len 1-8 --reps 5 --out report.json",
        "A finer sweep, kept as JSON",
      )
      .example(
        "$0 bench --target big.gguf --draft small.gguf --temp 0.8 --top-k 1,10,40",
        "The candidate filter under sampling",
      )
      .example(
        "$0 bench --target big.gguf --draft small.gguf --prompts mine.jsonl 'Say hi'",
        "Prompts of your own",
      ),
  // What runs it takes longer to load than a help text may take to show.
  handler: async (flags) => (await import("./run-bench.ts")).runBenchCommand(flags),
};
