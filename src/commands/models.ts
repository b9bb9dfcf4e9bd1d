import type { CommandModule } from "yargs";
import { checkCommand } from "./models/check.ts";
import { inspectCommand } from "./models/inspect.ts";
import { listCommand } from "./models/list.ts";
import { pullCommand } from "./models/pull.ts";
import { removeCommand } from "./models/rm.ts";

/** `specdec models`: what there is, and what fits together. */
export const modelsCommand: CommandModule = {
  command: "models",
  describe: "List, fetch, inspect, check and remove models",
  builder: (yargs) =>
    yargs
      .command(listCommand)
      .command(pullCommand)
      .command(inspectCommand)
      .command(checkCommand)
      .command(removeCommand)
      .demandCommand(1, "Say what to do with models: list, pull, inspect, check or rm."),
  // One of the commands above runs instead.
  handler: () => {},
};
