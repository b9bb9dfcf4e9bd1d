/** Characters that Python's `str.strip` removes when none are named. JavaScript's `trim` differs. */
const pythonBlanks =
  "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000";

/** What a template may hand to a method of a string. */
export type Argument = string | number | boolean | null | undefined | readonly unknown[];

type Method = (text: string, ...args: readonly Argument[]) => unknown;

/**
 * Methods of Python's `str` that the Jinja library lacks, or that it has without their arguments:
 * its `strip("\n")` strips all blanks.
 */
export const stringMethods: Readonly<Record<string, Method>> = {
  strip: (text, characters) => strip(text, "both", characters),
  lstrip: (text, characters) => strip(text, "left", characters),
  rstrip: (text, characters) => strip(text, "right", characters),
  capitalize: (text) => text.charAt(0).toUpperCase() + text.slice(1).toLowerCase(),
  removeprefix: (text, prefix) =>
    text.startsWith(word(prefix)) ? text.slice(word(prefix).length) : text,
  removesuffix: (text, suffix) =>
    text.endsWith(word(suffix)) ? text.slice(0, text.length - word(suffix).length) : text,
  find: (text, part) => text.indexOf(word(part)),
  rfind: (text, part) => text.lastIndexOf(word(part)),
  count: (text, part) => text.split(word(part)).length - 1,
  partition: (text, separator) => cutAt(text, text.indexOf(word(separator)), word(separator)),
  rpartition: (text, separator) => cutLast(text, word(separator)),
  splitlines,
  rsplit: (text, separator, most) => splitFromRight(text, word(separator), most),
  isdigit: (text) => /^\p{Nd}+$/u.test(text),
  isalpha: (text) => /^\p{L}+$/u.test(text),
  isspace: (text) => text !== "" && strip(text, "both") === "",
  join: (text, parts) => list(parts).map(word).join(text),
  format,
};

/** Where `str.splitlines` cuts. */
const lineEnd = /\r\n|[\n\r\v\f\x85\u2028\u2029]/u;

/** `str.strip`, `lstrip` and `rstrip`. */
export function strip(
  text: string,
  side: "both" | "left" | "right",
  characters: Argument = null,
): string {
  const gone = new Set(typeof characters === "string" ? characters : pythonBlanks);
  const all = Array.from(text);
  let start = 0;
  let end = all.length;
  while (side !== "right" && start < end && gone.has(all[start] as string)) start++;
  while (side !== "left" && end > start && gone.has(all[end - 1] as string)) end--;
  return all.slice(start, end).join("");
}

/** @throws Error where the template passes something else than text */
function word(value: unknown): string {
  if (typeof value === "string") return value;
  throw new Error(`expected a string, got ${value === null ? "none" : typeof value}`);
}

function list(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new Error("can only join an iterable");
}

function cutAt(text: string, at: number, separator: string): string[] {
  if (at < 0) return [text, "", ""];
  return [text.slice(0, at), separator, text.slice(at + separator.length)];
}

function cutLast(text: string, separator: string): string[] {
  const at = text.lastIndexOf(separator);
  return at < 0 ? ["", "", text] : cutAt(text, at, separator);
}

function splitFromRight(text: string, separator: string, most: Argument): string[] {
  const parts = text.split(separator);
  if (typeof most !== "number" || most < 0 || parts.length <= most) return parts;
  const cut = parts.length - most;
  return [parts.slice(0, cut).join(separator), ...parts.slice(cut)];
}

function splitlines(text: string): string[] {
  const lines = text.split(lineEnd);
  return lines.at(-1) === "" ? lines.slice(0, -1) : lines;
}

/** `str.format` with `{}` and `{0}`; a name or a format such as `{:>8}` is refused. */
function format(text: string, ...args: readonly Argument[]): string {
  let next = 0;
  return text.replace(/\{\{|\}\}|\{([^{}]*)\}/g, (whole, field: string | undefined) => {
    if (field === undefined) return whole.charAt(0);
    if (!/^\d*$/.test(field)) throw new Error(`format field {${field}} is not supported`);
    const value = args[field === "" ? next++ : Number(field)];
    if (value === undefined) throw new Error("format has more fields than values");
    return String(value);
  });
}
