import { replaceHidden } from "./hidden.ts";

/**
 * JSON for a screen, a log or a file: the same data, with `\uXXXX` for what a terminal would obey or
 * nobody would see. JSON itself escapes only the first 32 characters.
 *
 * @param indent spaces of a level; 0 for one line
 */
export function printableJson(value: unknown, indent = 0): string {
  return JSON.stringify(value, null, indent)
    .split("\n")
    .map((line) => replaceHidden(line, writeUnits))
    .join("\n");
}

function writeUnits(found: string): string {
  return Array.from({ length: found.length }, (_, i) => unit(found.charCodeAt(i))).join("");
}

function unit(code: number): string {
  return `\\u${code.toString(16).padStart(4, "0")}`;
}
