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

/**
 * The chat templates of the llama.cpp release that node-llama-cpp bundles, by file name. It takes
 * seconds: git unpacks the whole source.
 */
export function readLlamaTemplates(): ReadonlyMap<string, string> {
  const folder = mkdtempSync(join(tmpdir(), "specdec-templates-"));
  const git = (...args: string[]) => execFileSync("git", args, { cwd: folder, stdio: "ignore" });
  try {
    git("clone", "--quiet", "--no-checkout", bundlePath(), "source");
    git("-C", "source", "checkout", "HEAD", "--", "models/templates");
    const templates = join(folder, "source", "models", "templates");
    const names = readdirSync(templates).filter((name) => name.endsWith(".jinja"));
    return new Map(names.map((name) => [name, readFileSync(join(templates, name), "utf8")]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
