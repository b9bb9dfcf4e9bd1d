/** What a transcript may be saved as. */
export type TranscriptFormat = "markdown" | "json";

/** The format that a file's ending names; undefined for no format of ours. */
export function transcriptFormat(path: string): TranscriptFormat | undefined {
  if (/[^/\\]\.md$/i.test(path)) return "markdown";
  return /[^/\\]\.json$/i.test(path) ? "json" : undefined;
}
