import type { CommandModule, InferredOptionTypes, Options } from "yargs";
import { comparisonFormats } from "../reports/comparison-formats.ts";

const compareOptions = {
  format: {
    choices: comparisonFormats,
    describe: "What to print on stdout",
    defaultDescription: "table",
    group: "Output:",
  },
} as const satisfies Record<string, Options>;

/** The flags of `specdec compare`. */
export type CompareFlags = InferredOptionTypes<typeof compareOptions> & {
  readonly before?: string | undefined;
  readonly after?: string | undefined;
};

/** `specdec compare`: two kept reports, cell by cell. */
export const compareCommand: CommandModule<object, CompareFlags> = {
  command: "compare <before> <after>",
  describe: "Compare two reports of bench, cell by cell",
  builder: (yargs) =>
    yargs
      .positional("before", { type: "string", describe: "JSON report that is compared with" })
      .positional("after", { type: "string", describe: "JSON report that is compared" })
      .options(compareOptions)
      .example(
        "$0 compare monday.json tuesday.json",
        "What changed, with an interval for each cell",
      )
      .epilogue(
        "Reports of other targets, samplers or templates, and those without a common prompt or cell, " +
          "are refused; all else that differs is named.",
      ),
  handler: async (flags) => (await import("./run-compare.ts")).runCompareCommand(flags),
};
