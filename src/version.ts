import { readFileSync } from "node:fs";

/** What this package says of itself. */
export interface Versions {
  readonly specdec: string;
  readonly nodeLlamaCpp: string;
  readonly koffi: string;
  readonly node: string;
}

/** The versions of this program and of what it pins. */
export function versions(): Versions {
  const file = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  const { version, dependencies } = JSON.parse(file) as {
    version: string;
    dependencies: Record<string, string>;
  };
  return {
    specdec: version,
    nodeLlamaCpp: dependencies["node-llama-cpp"] ?? "unknown",
    koffi: dependencies.koffi ?? "unknown",
    node: process.versions.node,
  };
}
