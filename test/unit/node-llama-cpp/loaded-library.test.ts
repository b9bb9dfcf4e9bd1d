import { expect, test } from "vitest";
import { findLibrary } from "../../../src/engine/node-llama-cpp/loaded-library.ts";

const bins = "/app/node_modules/@node-llama-cpp/linux-x64/bins/linux-x64";
const companions = [
  "/usr/lib/libc.so.6",
  `${bins}/llama-addon.node`,
  `${bins}/libllama-common.so`,
  `${bins}/libggml-base.so`,
];

test.each([
  `${bins}/libllama.v0.5.0.so`,
  `${bins}/libllama.cuda.v0.5.0.so`,
  `${bins}/libllama.so.0.5.0`,
  "/Users/me/bins/mac-arm64-metal/libllama.metal.v0.5.0.dylib",
  "C:\\app\\bins\\win-x64\\llama.v0.5.0.dll",
  "llama.dll",
])("finds %s among its companions", (library) => {
  expect(findLibrary([...companions, library, "/x/libllama.so"])).toBe(library);
});

test("finds none in a static build", () => {
  expect(findLibrary(companions)).toBeUndefined();
  expect(findLibrary(["C:\\app\\llama-common.dll", "/opt/libllama/other.so"])).toBeUndefined();
});
