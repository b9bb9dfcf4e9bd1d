import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { textFiles } from "../../../src/features/text-files.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

test("text files of all depths, by name; nothing else", () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "b", ".git"), { recursive: true });
  writeFileSync(join(folder, "z.md"), "last");
  writeFileSync(join(folder, "b", "a.txt"), "größer");
  writeFileSync(join(folder, "b", "empty.txt"), " \n");
  writeFileSync(join(folder, "b", "binary"), Uint8Array.of(65, 0, 66));
  writeFileSync(join(folder, "b", "latin1.txt"), Uint8Array.of(0xe4, 0x20, 0xf6));
  writeFileSync(join(folder, "b", ".git", "config"), "hidden");
  expect(textFiles(folder)).toEqual([
    { name: "b/a.txt", text: "größer" },
    { name: "z.md", text: "last" },
  ]);
});

test("a folder without text, and none at all", () => {
  const folder = temporaryFolder();
  expect(() => textFiles(folder)).toThrow("holds no text");
  expect(() => textFiles(join(folder, "nowhere"))).toThrow("there is no folder");
});
