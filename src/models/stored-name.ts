const splitPart = /-\d{5}-of-(\d{5})\.gguf$/i;
const quantisation = /^[\w.-]+$/;
/** A file on Hugging Face under the address that a browser downloads it from. */
const hubAddress =
  /^https?:\/\/(?:huggingface\.co|hf\.co)\/([^/]+\/[^/]+)\/resolve\/([^/]+)\/([^?#]+)/i;

/**
 * The name under which the models folder keeps what a URI names: the same that node-llama-cpp's own
 * downloader gives it, so that its files are found too. For a model in several files it is the
 * first one's.
 *
 * @param uri `hf:user/model:quantisation`, `hf:user/model/file.gguf` or an http(s) address
 * @returns undefined for anything else
 */
export function storedFileName(uri: string): string | undefined {
  const hub = /^(?:hf|huggingface):(?:\/\/)?(.+)$/i.exec(uri)?.[1] ?? asHubPath(uri);
  const name = hub === undefined ? nameOfAddress(uri) : nameOnHub(hub);
  return name?.replace(splitPart, "-00001-of-$1.gguf");
}

function asHubPath(uri: string): string | undefined {
  const [, repository, branch, file] = hubAddress.exec(uri) ?? [];
  if (repository === undefined || file === undefined) return undefined;
  return `${repository}/${decode(file)}${branch === "main" ? "" : `#${branch}`}`;
}

function nameOfAddress(uri: string): string | undefined {
  if (!/^https?:\/\//i.test(uri) || !URL.canParse(uri)) return undefined;
  const file = /[^/]+\.gguf(?=$|\.part\d+of\d+$)/i.exec(new URL(uri).pathname)?.[0];
  return file === undefined ? undefined : safe(decode(file));
}

function nameOnHub(path: string): string | undefined {
  const [user = "", repository = "", ...rest] = path.split("/");
  if (user === "" || repository === "") return undefined;
  if (rest.length > 0) return nameOfFile({ user, model: repository, path: rest.join("/") });
  const [model = "", tag = "", ...more] = repository.split(":");
  if (model === "" || more.length > 0 || !quantisation.test(tag)) return undefined;
  const file = `${safe(model.replace(/-gguf$/i, ""))}.${tag.toUpperCase()}.gguf`;
  return `${prefix({ user, model, folders: [], file })}${file}`;
}

function nameOfFile(found: { user: string; model: string; path: string }): string | undefined {
  const { user, model } = found;
  const [path = "", branch] = found.path.split("#");
  const folders = path.split("/");
  const file = safe(folders.pop() ?? "");
  if (!/\.gguf$/i.test(file)) return undefined;
  return `${prefix({ user, model, branch, folders, file })}${file}`;
}

/** Tells files of the same name apart, and leaves out what the file's own name says already. */
function prefix(parts: {
  user: string;
  model: string;
  branch?: string | undefined;
  folders: readonly string[];
  file: string;
}): string {
  const { user, model, branch = "main", folders, file } = parts;
  const stem = file
    .replace(splitPart, "")
    .replace(/\.gguf$/i, "")
    .toLowerCase();
  const named = /-gguf$/i.test(model) && stem.startsWith(model.slice(0, -5).toLowerCase());
  const last = folders.at(-1)?.toLowerCase();
  const above = last === stem ? folders.slice(0, -1) : folders;
  return [
    "hf",
    user,
    ...(named && branch === "main" ? [] : [model]),
    ...(branch === "main" ? [] : [branch]),
    ...(above.length === 0 ? [] : [above.join("__")]),
    "",
  ]
    .map(safe)
    .join("_");
}

/** What no file system takes in a name becomes a mark, as node-llama-cpp does it. */
function safe(name: string): string {
  return name.replace(/[<>:"/\\|?*\p{Cc}]+/gu, "!");
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
