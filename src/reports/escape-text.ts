/** Text within a line of markdown. Names of files and prompts are the user's: they must break nothing. */
export function escapeText(text: string): string {
  return text.replaceAll(/[\\|*`<]/g, "\\$&").replaceAll(/\s+/g, " ");
}
