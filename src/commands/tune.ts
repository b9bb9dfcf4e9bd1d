import type { CommandModule } from "yargs";
import { withDefaultsShown } from "./defaults-in-help.ts";
import { type TuneFlags, tuneDefaults, tuneOptions } from "./tune-options.ts";

/** `specdec tune`: finds the setting that suits a pair, without running every one. */
export const tuneCommand: CommandModule<object, TuneFlags> = {
  command: "tune",
  describe: "Find the fastest setting of a pair without running every one",
  builder: (yargs) =>
    yargs
      .options(withDefaultsShown(tuneOptions, tuneDefaults({})))
      .example("$0 tune", "The demonstration pair that comes with specdec")
      .example("$0 tune --target big.gguf --draft small.gguf", "A pair of your own")
      .example(
        "$0 tune --target big.gguf --draft small.gguf --prompts mine.jsonl --save-preset mine",
        "With prompts of your own, kept as a preset",
      )
      .epilogue(
        "Decodes each prompt once, plainly, at temperature 0; works out from the text and the draft's " +
          "candidates along it what every setting would have come to, exactly for chains and nearly " +
          "for trees; and measures the best three beside plain decoding. Above temperature 0 less is " +
          "accepted: try what it finds with specdec bench --temp.",
      ),
  // What runs it takes longer to load than a help text may take to show.
  handler: async (flags) => (await import("./run-tune.ts")).runTuneCommand(flags),
};
