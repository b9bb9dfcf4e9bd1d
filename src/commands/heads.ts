import type { CommandModule } from "yargs";
import { featuresCommand } from "./heads/features.ts";

/** `specdec heads`: the models' own draft heads. */
export const headsCommand: CommandModule = {
  command: "heads",
  describe: "Show draft heads, and record what they are trained on",
  builder: (yargs) =>
    yargs.command(featuresCommand).demandCommand(1, "Say what to do with heads: info or features."),
  handler: () => {},
};
