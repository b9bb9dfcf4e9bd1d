/** Characters of a file's own text that a message shows. */
const shownCharacters = 60;

/** Control characters, and those that turn the direction of text around. */
const unprintable = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;

/** A piece of a file's text for a message: on one line, short, in quotation marks. */
export function quoted(text: string): string {
  return `"${excerpt(text.trim().replace(/\s+/g, " ").replaceAll('"', '\\"'))}"`;
}

/** The name of a key or a tensor for a message: as it is where it looks like one, else quoted. */
export function nameText(name: string): string {
  return /^[\w.:/-]{1,63}$/.test(name) ? name : quoted(name);
}

/** A text on one line with control characters as escapes, cut where it is longer. */
export function excerpt(text: string, characters = shownCharacters): string {
  return shortened(text, characters).replace(unprintable, escaped);
}

/** A text cut where it is longer, and else as it is. */
export function shortened(text: string, characters = shownCharacters): string {
  // Cut before the characters are counted: it may be very long.
  const shown = [...text.slice(0, 2 * characters + 2)];
  if (shown.length <= characters) return shown.join("");
  return `${shown.slice(0, characters).join("")}…`;
}

function escaped(character: string): string {
  return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`;
}
