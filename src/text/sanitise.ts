/*
 * For content, which keeps its lines: what was typed, and what a model wrote. Names and messages are
 * shown by `visibleText` instead.
 */

/** What a screen must not be given: control characters but newlines, and what turns text around. */
const unwanted = /(?!\n)[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u;
const allUnwanted = new RegExp(unwanted.source, "gu");
const esc = "\u001b";

/**
 * Text that a terminal shows and does nothing else with: without ANSI sequences, control characters
 * and bidi overrides; newlines and tabs stay. Of a sequence that begins in one text and ends in
 * another the escape character goes, and the rest is harmless.
 */
export function withoutControls(text: string): string {
  if (!unwanted.test(text)) return text;
  return withoutSequences(text)
    .replace(/\r\n|[\u2028\u2029]/g, "\n")
    .replace(allUnwanted, (found) => (found === "\t" ? found : ""));
}

/** The same with spaces for tabs, whose width no two terminals agree about. */
export function forScreen(text: string): string {
  return withoutControls(text).replaceAll("\t", "    ");
}

/** What was typed or pasted; a terminal sends a carriage return for every newline of a paste. */
export function fromKeyboard(text: string): string {
  return forScreen(unwanted.test(text) ? text.replace(/\r\n?/g, "\n") : text);
}

function withoutSequences(text: string): string {
  const [first = "", ...parts] = text
    .replaceAll("\u009b", `${esc}[`)
    .replaceAll("\u009d", `${esc}]`)
    .split(esc);
  return first + parts.map((part, i) => afterSequence(part, parts[i + 1])).join("");
}

/**
 * What follows a sequence (ECMA-48, 5.4 and 8.3).
 *
 * @param part what stands behind its escape character
 * @param next what stands behind the following one, which may be the sequence's terminator
 */
function afterSequence(part: string, next: string | undefined): string {
  if (/^[\]P_^X]/.test(part)) {
    const bell = part.indexOf("\u0007");
    if (bell >= 0) return part.slice(bell + 1);
    return next?.startsWith("\\") ? "" : part;
  }
  return part.replace(/^(?:\[[0-?]*[ -/]*[@-~]|[ -/]+[0-~]|[0-Z\\-~])/, "");
}
