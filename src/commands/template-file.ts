/** Endings that only files have; llama.cpp's names may have a dot too. */
const fileLike = /[/\\]|\.(?:jinja2?|j2|json|tmpl|txt)$/i;

/** Whether a word that names a chat template means a file rather than one of llama.cpp's formats. */
export function looksLikeFile(word: string): boolean {
  return fileLike.test(word);
}

/**
 * The Jinja source in a template file: the file itself, or the entry `chat_template` of a JSON file
 * such as tokenizer_config.json.
 *
 * @returns undefined where the file has no text to be a template
 */
export function templateIn(content: string): string | undefined {
  const text = content.replace(/^\uFEFF/, "");
  const source = jsonTemplate(text) ?? text;
  return source.trim() === "" || source.includes("\0") ? undefined : source;
}

function jsonTemplate(text: string): string | undefined {
  // A template may begin with a brace too.
  if (!/^\s*\{\s*"/.test(text)) return undefined;
  try {
    const { chat_template: source } = JSON.parse(text) as { chat_template?: unknown };
    return typeof source === "string" ? source : undefined;
  } catch {
    return undefined;
  }
}
