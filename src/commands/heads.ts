import type { Argv, CommandModule } from "yargs";
import { infoCommand } from "./heads/info.ts";

let program: Argv | undefined;

/** `specdec heads`: files of draft heads. */
export const headsCommand: CommandModule = {
  command: "heads",
  describe: "Look at draft heads: what a file holds, and which target it fits",
  builder: (yargs) => {
    program = yargs.command(infoCommand);
    return program;
  },
  // Where none of the commands above is named.
  handler: async () => {
    process.stdout.write(`${await program?.getHelp()}\n`);
  },
};
