import type { ArgumentsCamelCase, CommandModule, InferredOptionTypes, Options } from "yargs";
import { withDefaultsShown } from "./defaults-in-help.ts";
import { modelDefaults, modelOptions } from "./model-options.ts";

const {
  preset: _preset,
  target: _target,
  draft: _draft,
  heads: _heads,
  ...engineOptions
} = modelOptions;

const options = {
  target: {
    type: "string",
    requiresArg: true,
    describe: "GGUF file of a target to try instead of the embedded one",
    group: "Models:",
  },
  draft: {
    type: "string",
    requiresArg: true,
    describe: "GGUF file of its draft model",
    group: "Models:",
  },
  ...engineOptions,
  json: {
    type: "boolean",
    default: false,
    describe: "Print what was found as JSON",
    group: "Output:",
  },
} as const satisfies Record<string, Options>;

/** The flags of `specdec doctor`. */
export type DoctorFlags = InferredOptionTypes<typeof options>;

/** `specdec doctor`: looks whether all is there that the other commands need. */
export const doctorCommand: CommandModule<object, DoctorFlags> = {
  command: "doctor",
  describe: "Check the installation, the machine and the engine",
  builder: (yargs) =>
    yargs
      .options(withDefaultsShown(options, modelDefaults()))
      .example("$0 doctor", "Look at everything and try the embedded pair")
      .example("$0 doctor --json > doctor.json", "The same as data, for a bug report")
      .example("$0 doctor --target big.gguf --draft small.gguf", "Try a pair of your own"),
  handler: async (flags: ArgumentsCamelCase<DoctorFlags>) =>
    (await import("./run-doctor.ts")).runDoctor(flags),
};
