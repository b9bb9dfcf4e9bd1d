import { expect, test } from "vitest";
import { backendsOf } from "../../../src/engine/node-llama-cpp/backends.ts";

const packages = [
  "linux-arm64",
  "linux-armv7l",
  "linux-x64",
  "linux-x64-cuda",
  "linux-x64-cuda-ext",
  "linux-x64-vulkan",
  "mac-arm64-metal",
  "win-x64",
];

test.each([
  ["linux", "x64", ["cpu", "cuda", "vulkan"]],
  ["linux", "arm64", ["cpu"]],
  ["linux", "arm", ["cpu"]],
  ["darwin", "arm64", ["metal"]],
  ["win32", "x64", ["cpu"]],
  ["freebsd", "x64", []],
] as const)("%s %s", (platform, arch, backends) => {
  expect(backendsOf(packages, platform, arch)).toEqual(backends);
});
