import type { CommandModule } from "yargs";
import { completionScripts, type Shell, shells } from "./completion-scripts.ts";

/** `specdec completion`: the script that teaches a shell to complete specdec's command line. */
export const completionCommand: CommandModule<object, { shell: Shell }> = {
  command: "completion <shell>",
  describe: "Print a script that completes commands and options in a shell",
  builder: (yargs) =>
    yargs
      .positional("shell", {
        choices: shells,
        demandOption: true,
        describe: "The shell that the script is for",
      })
      .example("specdec completion bash >> ~/.bashrc", "bash, from the next shell on")
      .example("source <(specdec completion bash)", "bash, for this shell alone")
      .example("specdec completion zsh >> ~/.zshrc", "zsh, after the line with compinit")
      .example("specdec completion fish > ~/.config/fish/completions/specdec.fish", "fish")
      .epilogue(
        "Completion needs specdec on the PATH, as npm install --global puts it; npx has none.",
      ),
  handler: ({ shell }) => {
    process.stdout.write(completionScripts[shell]);
  },
};
