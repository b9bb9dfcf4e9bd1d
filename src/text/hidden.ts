/**
 * What text must not bring to a screen or a log as it is: control characters, what reorders a line,
 * what nobody sees, halves of surrogate pairs, and what a CI runner takes for a command. Emoji
 * sequences, variation selectors and the joiners of Persian or Indic spelling are ordinary text.
 */

/** Scripts whose spelling needs a joiner or non-joiner after a letter (UAX #31, A1 to B). */
const joining = [
  ...["Arab", "Beng", "Deva", "Gujr", "Guru", "Khmr", "Knda", "Mlym", "Mong"],
  ...["Mymr", "Nkoo", "Orya", "Sinh", "Syrc", "Taml", "Telu", "Tibt"],
]
  .map((script) => `\\p{scx=${script}}`)
  .join("");

/** What is invisible and yet means something, by what is before and after it. */
const meant = [
  "(?<=[\\p{Extended_Pictographic}\\p{Emoji_Modifier}\\ufe0f])\\u200d(?=\\p{Extended_Pictographic})",
  `(?<=(?=[\\p{L}\\p{M}])[${joining}])[\\u200c\\u200d]`,
  "(?<=\\p{scx=Mong})[\\u180b-\\u180d\\u180f]",
  "(?<=\\p{Emoji})[\\ufe0e\\ufe0f]",
  "(?<=(?![\\0-\\x7f])[\\p{L}\\p{S}])[\\ufe00-\\ufe0d\\u{e0100}-\\u{e01ef}]",
].join("|");

/** The flags of England, Scotland and Wales are written in tag characters. */
const tagFlags =
  "(?<flag>\\u{1f3f4}\\u{e0067}\\u{e0062}(?:\\u{e0065}\\u{e006e}\\u{e0067}|\\u{e0073}\\u{e0063}\\u{e0074}|\\u{e0077}\\u{e006c}\\u{e0073})\\u{e007f})";

const unseen =
  "[\\p{Cc}\\p{Cs}\\p{Zl}\\p{Zp}\\p{Bidi_Control}\\p{Default_Ignorable_Code_Point}\\ufff9-\\ufffb]";

/**
 * Commands of CI runners: `::error::` at the start of a line, which may come to be anywhere that a
 * line is broken, and `##[error]` or `##vso[…]` anywhere (actions/runner, ActionCommand.cs).
 */
const commands = "(?<=^|\\s):(?=:[A-Za-z][\\w-]*(?:\\s|::))|(?<=#)#(?=\\[|vso\\[)";

const hidden = `${tagFlags}|(?!${meant})${unseen}|${commands}`;
/** Most text has none of these, and to look closer takes ten times as long. */
const suspicious = /[^ -~]|##|::/;
const anyHidden = new RegExp(hidden, "u");
const allHidden = new RegExp(hidden, "gu");

/** The text with everything of this kind replaced by what `write` makes of it. */
export function replaceHidden(text: string, write: (found: string) => string): string {
  if (!suspicious.test(text) || !anyHidden.test(text)) return text;
  return text.replace(allHidden, (found, flag: string | undefined) => flag ?? write(found));
}
