import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { filesOfModel, storedModels } from "../../../src/models/inventory.ts";
import { listParts } from "../../../src/models/parts.ts";
import { filesToRemove, removeFiles } from "../../../src/models/remove.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

/** What models folders hold after disks were moved, caches emptied and downloads ended. */

function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder();
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return folder;
}

test("links that lead nowhere or in a circle are no models", () => {
  const folder = folderWith({ "a.gguf": "123" });
  symlinkSync("nowhere", join(folder, "dangling.gguf"));
  symlinkSync("circle.gguf", join(folder, "circle.gguf"));
  expect(storedModels(folder)).toEqual([
    { name: "a.gguf", path: join(folder, "a.gguf"), sizeBytes: 3 },
  ]);
});

test("a model whose second file is a link that leads nowhere is listed and removed", () => {
  const folder = folderWith({ "m-00001-of-00002.gguf": "123" });
  symlinkSync("nowhere", join(folder, "m-00002-of-00002.gguf"));
  expect(storedModels(folder)).toMatchObject([{ name: "m-00001-of-00002.gguf", sizeBytes: 3 }]);
  removeFiles(filesToRemove("m-00001-of-00002.gguf", folder));
  expect(readdirSync(folder)).toEqual([]);
});

test("a folder with the name of a model's file is not removed with it", () => {
  const folder = folderWith({ "m-00001-of-00002.gguf": "123" });
  mkdirSync(join(folder, "m-00002-of-00002.gguf"));
  const first = join(folder, "m-00001-of-00002.gguf");
  expect(filesOfModel(first)).toEqual([first]);
});

test("a file that the system does not remove is a user's error with its name", () => {
  const folder = temporaryFolder();
  expect(() => removeFiles([folder])).toThrow(`cannot remove ${folder}: `);
  expect(() => removeFiles([join(folder, "gone")])).toThrow("there is no such file or folder");
});

test("of a linked model the link goes, and the file stays", () => {
  const folder = folderWith({ "kept.bin": "12345" });
  symlinkSync("kept.bin", join(folder, "a.gguf"));
  expect(storedModels(folder)).toMatchObject([{ name: "a.gguf", sizeBytes: 5 }]);
  removeFiles(filesToRemove("a.gguf", folder));
  expect(readdirSync(folder)).toEqual(["kept.bin"]);
  expect(existsSync(join(folder, "kept.bin"))).toBe(true);
});

test("a file in the place of the folder of parts has no parts in it", () => {
  expect(listParts(folderWith({ ".parts": "" }))).toEqual([]);
});

test.each([
  ["cut", '{"part":0,"chunks":[2,'],
  ["cut before its end", '{"part":0,"chunks":[2,}'],
  ["of other kinds", '{"part":0,"chunks":5,"chunkSize":"x"}'],
  ["empty", '{"part":0}'],
  ["missing", ""],
])("progress that is %s counts nothing as kept", (_, progress) => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, ".parts"));
  const path = join(folder, ".parts", "a.gguf.ipull");
  writeFileSync(path, `12345678${progress}`);
  expect(listParts(folder)).toEqual([{ name: "a.gguf", path, keptBytes: 0 }]);
});
