import type { CommandModule } from "yargs";
import { type ChatFlags, chatDefaults, chatOptions } from "./chat-options.ts";
import { withDefaultsShown } from "./defaults-in-help.ts";

/** `specdec chat`: a conversation that shows where every token came from. */
export const chatCommand: CommandModule<object, ChatFlags> = {
  command: "chat",
  describe: "Talk to a pair, and see where every token came from",
  builder: (yargs) =>
    yargs
      .options(withDefaultsShown(chatOptions, chatDefaults({})))
      .example("$0 chat", "The demonstration pair that comes with specdec")
      .example("$0 chat --target big.gguf --draft small.gguf", "A pair of your own")
      .example(
        "$0 chat --target big.gguf --heads heads.gguf",
        "With heads on the target's own state",
      )
      .example("$0 chat --preset smollm2 --draft-len auto", "A pair by name, a length that adapts")
      .example("echo 'Say hi' | $0 chat --target big.gguf", "Without a terminal: a line is a turn")
      .epilogue(
        "In the chat: /help lists the commands, Ctrl-O shows more or less of where tokens came from,\n" +
          "Ctrl-T opens the details, Esc stops an answer, Ctrl-C twice quits.",
      ),
  // What runs it takes longer to load than a help text may take to show.
  handler: async (flags) => (await import("./run-chat.ts")).runChatCommand(flags),
};
