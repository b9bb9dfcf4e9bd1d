/** Control characters, and what breaks a line. */
const controls = /[\p{Cc}\u2028\u2029]/gu;

/** A text as one line: each control character in it becomes a visible symbol. */
export function visible(text: string): string {
  return text.replace(controls, symbolOf);
}

/** The start of a text as one line. */
export function shortened(text: string, most = 80): string {
  const start = visible(text.trim().slice(0, most + 1));
  return start.length > most ? `${start.slice(0, most - 1)}…` : start;
}

/** Unicode's picture of a control character, where there is one. */
function symbolOf(control: string): string {
  const code = control.codePointAt(0) as number;
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  if (code === 0x7f) return "\u2421";
  return `<${code.toString(16).toUpperCase().padStart(4, "0")}>`;
}
