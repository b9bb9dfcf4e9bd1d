import { expect } from "vitest";

/** All that a name from a file may try: colours, a title, forged lines, commands of CI, hidden text. */
export const hostile =
  "\u001b[31mred\u001b]0;title\u0007\nerror: forged\r\n::error::forged\n" +
  "a ::warning::b ##[error]c\u202eright\u2066\u200b\u0085\u009b2J\u2028d\u{e0041}\ud800|=<b>@who";

/** The same as a file's name: no file system takes a lone surrogate as it is. */
export const hostileName = hostile.replaceAll("\ud800", "");

/** The same, and very long. */
export const flood = hostile + "z".repeat(200_000);

/** The longest line that may come of it. */
const longest = 2000;
const hidden =
  /(?!\n)[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]|[\u200b\ufeff\u{e0000}-\u{e007f}]/u;
/** A flag that is ordinary text, in characters that are not. */
const tagFlag = "\u{1f3f4}\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}";
// biome-ignore lint/suspicious/noControlCharactersInRegex: ANSI codes begin with one.
const colours = /\u001b\[\d+m/g;

/** What is wrong with text that was printed; empty if nothing is. */
export function harmIn(output: string, { color = false, csv = false } = {}): string[] {
  const own = (color ? output.replaceAll(colours, "") : output).replaceAll(tagFlag, "");
  const text = csv ? own.replaceAll("\r\n", "\n") : own;
  return [
    ...(hidden.test(text) ? [`a hidden character: ${JSON.stringify(hidden.exec(text))}`] : []),
    ...text
      .split("\n")
      .flatMap((line) => [
        ...(/^(?:error|hint): forged/.test(line) ? [`a forged line: ${line}`] : []),
        ...(/^\s*::\w+::(?:forged|b)/.test(line) ? [`a command of CI: ${line}`] : []),
        ...(line.includes("##[") ? [`an old command of CI: ${line.slice(0, 80)}`] : []),
        ...(line.length > longest
          ? [`a line of ${line.length} characters: ${line.slice(0, 80)}`]
          : []),
      ]),
  ];
}

/** Fails where printed text has anything of the kind. */
export function expectHarmless(output: string, options?: Parameters<typeof harmIn>[1]): void {
  expect(harmIn(output, options)).toEqual([]);
}
