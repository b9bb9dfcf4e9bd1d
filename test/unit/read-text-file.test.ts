import { execFileSync, spawn } from "node:child_process";
import { truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readText } from "../../src/bench/prompts/read-text.ts";
import { readReport } from "../../src/bench/read-report.ts";
import { chatFiles } from "../../src/commands/chat-files.ts";
import { UserError } from "../../src/errors.ts";
import { readPreset } from "../../src/presets/read-preset.ts";
import { readTextFile } from "../../src/read-text-file.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const mebibyte = 2 ** 20;
const posix = process.platform !== "win32";

/** Everything that reads a whole file which a user named. */
const readers: readonly (readonly [string, (file: string) => unknown])[] = [
  ["a report", readReport],
  ["a preset", readPreset],
  ["prompts", readText],
  ["a chat", chatFiles.read],
];

function fileOf(content: string | Uint8Array): string {
  const file = join(temporaryFolder(), "file");
  writeFileSync(file, content);
  return file;
}

function pipe(): string {
  const path = join(temporaryFolder(), "pipe");
  execFileSync("mkfifo", [path]);
  return path;
}

async function outcome(read: (file: string) => unknown, file: string): Promise<unknown> {
  try {
    return await read(file);
  } catch (error) {
    return error;
  }
}

test("a file of UTF-8 is read without its byte order mark", () => {
  expect(readTextFile(fileOf("\uFEFFgrün"), mebibyte)).toBe("grün");
  expect(readTextFile(fileOf(""), mebibyte)).toBe("");
  expect(readTextFile(fileOf("x".repeat(mebibyte)), mebibyte)).toHaveLength(mebibyte);
});

test("a file that is larger is refused, whatever its size says", () => {
  const file = fileOf("");
  truncateSync(file, mebibyte + 1);
  expect(() => readTextFile(file, mebibyte)).toThrow(`${file} is larger than 1 MiB`);
  if (posix) expect(() => readTextFile("/dev/zero", mebibyte)).toThrow("larger than 1 MiB");
});

test("what is not UTF-8 is refused", () => {
  const file = fileOf(Uint8Array.of(0x7b, 0xe9, 0x7d));
  expect(() => readTextFile(file, mebibyte)).toThrow(`${file} is not UTF-8 text`);
});

test.runIf(posix)("a pipe is read to its end", async () => {
  const path = pipe();
  const writer = spawn("sh", [
    "-c",
    `exec 3<>"$0"; printf a >&3; echo; sleep 0.2; printf b >&3`,
    path,
  ]);
  await new Promise((resolve) => writer.stdout.once("data", resolve));
  expect(readTextFile(path, mebibyte)).toBe("ab");
});

test.runIf(posix).for(readers)(
  "%s from a pipe that nobody writes to is refused",
  async ([, read]) => {
    const path = pipe();
    const error = await outcome(read, path);
    expect(error).toBeInstanceOf(UserError);
    expect(error).toMatchObject({ message: `${path} is a pipe that gives nothing`, exitCode: 2 });
  },
);

test.for(readers)("%s of six gigabytes is refused", async ([, read]) => {
  const file = fileOf("");
  truncateSync(file, 6 * 2 ** 30);
  const error = await outcome(read, file);
  expect(error).toBeInstanceOf(UserError);
  expect((error as UserError).message).toContain(`${file} is larger than `);
});
