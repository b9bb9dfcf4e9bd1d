import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { knownArchitectures, knownSince } from "../../src/engine/node-llama-cpp/llama-cpp-names.ts";
import { startRuntime } from "../../src/engine/node-llama-cpp/runtime.ts";
import { cpuOptions } from "../support/models.ts";

test("the architectures that specdec knows are those of the library it loads", async () => {
  const runtime = await startRuntime(cpuOptions);
  try {
    expect(runtime.release).toBe(knownSince);
    const library = readFileSync(runtime.libraryPath as string);
    const missing = [...knownArchitectures].filter((name) => !library.includes(`${name}\0`));
    expect(missing).toEqual([]);
    expect(library.includes("qwen9\0")).toBe(false);
  } finally {
    await runtime.close();
  }
});
