import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openReportFile } from "../../../src/bench/report-file.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "specdec-report-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("openReportFile", () => {
  it("writes a report, and another over it, and leaves nothing else", async () => {
    const path = join(folder, "report.json");
    const file = await openReportFile(path);
    expect(await readdir(folder)).toEqual([]);
    await file.write("first\n");
    expect(await readFile(path, "utf8")).toBe("first\n");
    await file.write("second\n");
    expect(await readFile(path, "utf8")).toBe("second\n");
    expect(await readdir(folder)).toEqual(["report.json"]);
    expect(file).toMatchObject({ path, replaces: true });
  });

  it.each([
    [
      "in a missing folder",
      "missing/report.json",
      /cannot write .*: there is no folder .*missing$/,
    ],
    ["that is a folder", ".", /: it is a folder$/],
    ["below a file", "file/report.json", /: a part of the path is no folder$/],
  ])("refuses a path %s", async (_, name, message) => {
    await writeFile(join(folder, "file"), "");
    const path = join(folder, name);
    await expect(openReportFile(path)).rejects.toMatchObject({
      code: "report-unwritable",
      message: expect.stringMatching(message),
      exitCode: 3,
    });
    await expect(openReportFile(path)).rejects.toThrow(path);
  });

  it.skipIf(process.getuid?.() === 0)("refuses a folder without permission", async () => {
    await mkdir(join(folder, "closed"), { mode: 0o555 });
    await expect(openReportFile(join(folder, "closed", "report.json"))).rejects.toThrow(
      "permission denied",
    );
  });

  it("keeps the last whole report when the disk is full", async () => {
    const path = join(folder, "report.json");
    let full = false;
    const file = await openReportFile(path, async (temporary, text) => {
      await writeFile(temporary, full ? text.slice(0, 3) : text);
      if (full) throw Object.assign(new Error("ENOSPC: no space"), { code: "ENOSPC" });
    });
    await file.write("whole");
    full = true;
    await expect(file.write("another")).rejects.toMatchObject({
      message: `cannot write ${path}: the disk is full`,
      exitCode: 3,
    });
    expect(await readFile(path, "utf8")).toBe("whole");
    expect(await readdir(folder)).toEqual(["report.json"]);
  });

  it("says so when the folder goes away", async () => {
    const path = join(folder, "sub", "report.json");
    await mkdir(join(folder, "sub"));
    const file = await openReportFile(path);
    await rm(join(folder, "sub"), { recursive: true });
    await expect(file.write("x")).rejects.toThrow(`cannot write ${path}: its folder is gone`);
  });

  it("is whole at any time while two runs write the same report", async () => {
    const path = join(folder, "report.json");
    const texts = ["a".repeat(200_000), "b".repeat(100_000)];
    const write = async (text: string) => {
      const file = await openReportFile(path);
      for (let i = 0; i < 20; i++) await file.write(text);
    };
    await writeFile(path, texts[0] as string);
    const writers = Promise.all(texts.map(write));
    let done = false;
    void writers.then(() => {
      done = true;
    });
    while (!done) expect(texts.includes(await readFile(path, "utf8"))).toBe(true);
    await writers;
    expect(await readdir(folder)).toEqual(["report.json"]);
  });

  it("replaces the file behind a link, not the link", async () => {
    const path = join(folder, "link.json");
    await writeFile(join(folder, "real.json"), "old");
    await symlink("real.json", path);
    await (await openReportFile(path)).write("new");
    expect(await readFile(join(folder, "real.json"), "utf8")).toBe("new");
    expect(await readFile(path, "utf8")).toBe("new");
  });

  it.skipIf(process.platform !== "linux")("writes to a device as it is", async () => {
    const none = await openReportFile("/dev/null");
    expect(none.replaces).toBe(false);
    await none.write("x");
    const full = await openReportFile("/dev/full");
    await expect(full.write("x")).rejects.toThrow("cannot write /dev/full: the disk is full");
  });
});
