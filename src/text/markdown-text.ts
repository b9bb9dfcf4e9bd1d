import { visibleText } from "./visible-text.ts";

/** An entity that renders as nothing and ends a word: what GitHub's own links are made of. */
const ends = "&#8203;";

/**
 * Text within a line of Markdown that renders as itself: without markup, HTML, links, mentions
 * (@name) and references (#1). GitHub makes links of the last three whether or not they are escaped,
 * so an invisible entity breaks them. Lengths are left to `visibleStrings`.
 */
export function markdownText(text: string): string {
  return visibleText(text, Number.POSITIVE_INFINITY)
    .replace(/\s+/g, " ")
    .replace(/[\\|*`<~$]|&(?=#|\w+;)|\](?=[([:])/g, "\\$&")
    .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, "\\_")
    .replace(/^[>#[]|^[-+=](?=[-=\s]|$)|(?<=^\d{1,9})[.)](?=\s|$)/, "\\$&")
    .replace(
      /@(?=[\p{L}\p{N}_-])|#(?=\d)|\bGH-(?=\d)|:(?=\/\/)|\bwww(?=\.)|\b(?:mailto|xmpp):/giu,
      `$&${ends}`,
    );
}
