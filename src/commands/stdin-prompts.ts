/**
 * Arguments with every `-` among the values of `--prompts` as `--prompts=-`: yargs ends the values of an
 * option there.
 */
export function withStdinPrompts(args: readonly string[]): readonly string[] {
  let isPrompts = false;
  return args.map((arg) => {
    if (arg.startsWith("-") && arg !== "-") isPrompts = /^--prompts(=|$)/.test(arg);
    return isPrompts && arg === "-" ? "--prompts=-" : arg;
  });
}
