import { replaceHidden } from "./hidden.ts";

/** Characters of a message at most. */
export const messageMax = 800;
/** Characters of a name at most: of a file, a model, a prompt, a category. */
export const nameMax = 160;

/**
 * Text of a file, a model or a command line as one line that does nothing but be read. Control
 * characters become their pictures (␛), line breaks ⏎, and whatever else is hidden its code point
 * (\u{202e}); see `replaceHidden`. A text that is too long keeps both ends, with its length between
 * them. Applied again, it changes nothing.
 *
 * @param max UTF-16 units at most
 */
export function visibleText(text: string, max: number = messageMax): string {
  // A line break of two characters becomes one: this much of both ends is enough.
  const enough = 2 * max + 2;
  const ends = text.length <= 2 * enough ? text : `${text.slice(0, enough)}${text.slice(-enough)}`;
  const shown = replaceHidden(ends.replaceAll("\r\n", "\n"), writeVisible);
  return shown.length <= max ? shown : bothEnds(shown, max, text.length);
}

/** The same for text of several lines, which stay lines. */
export function visibleLines(text: string, max: number = messageMax): string {
  return text
    .split(/\r?\n/)
    .map((line) => visibleText(line, max))
    .join("\n");
}

/** One hidden character as it is shown. */
export function writeVisible(found: string): string {
  const code = found.codePointAt(0) as number;
  if (found === "\n") return "⏎";
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  if (code === 0x7f) return "␡";
  return `\\u{${code.toString(16)}}`;
}

/** What must not stand at a cut: half of a pair, and what belongs to the character before it. */
const danglingEnd = /(?:[\ud800-\udbff]|[\p{Default_Ignorable_Code_Point}])+$/u;
const danglingStart = /^[\p{Cs}\p{Default_Ignorable_Code_Point}\p{M}\p{Emoji_Modifier}]+/u;

function bothEnds(text: string, max: number, length: number): string {
  const mark = `… (${length.toLocaleString("en")} characters) …`;
  const room = max - mark.length;
  // There is no room to say how long it was.
  if (room < mark.length) return `${text.slice(0, max - 1).replace(danglingEnd, "")}…`;
  const last = Math.floor(room / 3);
  const start = text.slice(0, room - last).replace(danglingEnd, "");
  return `${start}${mark}${text.slice(-last).replace(danglingStart, "")}`;
}
