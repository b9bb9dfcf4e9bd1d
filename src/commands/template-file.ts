/** Endings that only files have; llama.cpp's names may have a dot too. */
const fileLike = /[/\\]|\.(?:jinja2?|j2|json|tmpl|txt)$/i;

/** Whether a word that names a chat template means a file rather than one of llama.cpp's formats. */
export function looksLikeFile(word: string): boolean {
  return fileLike.test(word);
}

/**
 * The Jinja source in a template file: the file itself, or the entry `chat_template` of a JSON file
 * such as tokenizer_config.json. Where that entry lists several templates, the one named "default".
 *
 * @returns undefined where the file has no text to be a template
 */
export function templateIn(content: string): string | undefined {
  const text = content.replace(/^\uFEFF/, "");
  const json = jsonObject(text);
  const source = json === undefined ? text : templateOf(json.chat_template);
  if (source === undefined || source.trim() === "" || source.includes("\0")) return undefined;
  return source;
}

interface JsonObject {
  readonly [key: string]: unknown;
}

/** Undefined for a Jinja template, which may begin with a brace too. */
function jsonObject(text: string): JsonObject | undefined {
  if (!/^\s*\{\s*"/.test(text)) return undefined;
  try {
    return JSON.parse(text) as JsonObject;
  } catch {
    return undefined;
  }
}

/** @param entry a text, or a list of `{name, template}` as older files have it */
function templateOf(entry: unknown): string | undefined {
  const listed: unknown = Array.isArray(entry)
    ? entry.find((each) => each?.name === "default")?.template
    : entry;
  return typeof listed === "string" ? listed : undefined;
}
