import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** llama.cpp's source at the bundled release, as a git bundle in node-llama-cpp's package. */
function bundlePath(): string {
  const entry = createRequire(import.meta.url).resolve("node-llama-cpp");
  return join(dirname(entry), "..", "llama", "gitRelease.bundle");
}

/** Files of llama.cpp's source in a folder of their own. */
export interface LlamaSource {
  readonly folder: string;
  remove(): void;
}

/**
 * Checks files out of the llama.cpp release that node-llama-cpp bundles. It takes seconds: git unpacks
 * the whole source.
 *
 * @param paths files and folders, counted from the source's root
 */
export function checkOutLlama(paths: readonly string[]): LlamaSource {
  const parent = mkdtempSync(join(tmpdir(), "specdec-llama-"));
  const folder = join(parent, "source");
  const git = (...args: string[]) => execFileSync("git", args, { cwd: parent, stdio: "ignore" });
  git("clone", "--quiet", "--no-checkout", bundlePath(), "source");
  git("-C", "source", "checkout", "HEAD", "--", ...paths);
  return { folder, remove: () => rmSync(parent, { recursive: true, force: true }) };
}

/** Where llama.cpp keeps the chat templates that it is tested with. */
export const templatesPath = "models/templates";

/** llama.cpp's chat templates, by file name. */
export function templatesIn({ folder }: LlamaSource): ReadonlyMap<string, string> {
  const templates = join(folder, templatesPath);
  const names = readdirSync(templates).filter((name) => name.endsWith(".jinja"));
  return new Map(names.map((name) => [name, readFileSync(join(templates, name), "utf8")]));
}

/** The same on their own. */
export function readLlamaTemplates(): ReadonlyMap<string, string> {
  const source = checkOutLlama([templatesPath]);
  try {
    return templatesIn(source);
  } finally {
    source.remove();
  }
}
