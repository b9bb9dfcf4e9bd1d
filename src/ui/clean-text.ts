const escapeSequence =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out.
  /\u001b(?:\[[0-?]*[ -/]*[@-~]|[\]P^_X][^\u0007\u001b]*(?:\u0007|\u001b\\)?|.?)/gs;
const lineEnd = /\r\n?|[\u2028\u2029]/g;
const control = /(?!\n)\p{Cc}/gu;
const suspicious = /(?!\n)[\p{Cc}\u2028\u2029]/u;

/** What a tab becomes: the width that it has depends on its column, and rows are measured without. */
const tab = "    ";

/**
 * A text without escape sequences and control characters, so that it can be drawn: CRLF, CR and the
 * separators of Unicode become newlines, tabs become spaces.
 */
export function cleanText(text: string): string {
  if (!suspicious.test(text)) return text;
  return text
    .replace(escapeSequence, "")
    .replace(lineEnd, "\n")
    .replaceAll("\t", tab)
    .replace(control, "");
}
