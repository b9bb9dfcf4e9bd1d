import type { Argv, CommandModule } from "yargs";
import { featuresCommand } from "./heads/features.ts";
import { infoCommand } from "./heads/info.ts";

let program: Argv | undefined;

/** `specdec heads`: files of draft heads. */
export const headsCommand: CommandModule = {
  command: "heads",
  describe: "Look at draft heads, and record what they are trained on",
  builder: (yargs) => {
    program = yargs.command(infoCommand).command(featuresCommand);
    return program;
  },
  // Where none of the commands above is named.
  handler: async () => {
    process.stdout.write(`${await program?.getHelp()}\n`);
  },
};
