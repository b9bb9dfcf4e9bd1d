import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { fakePair, specdec } from "../support/cli.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const short = ["--draft-len", "2", "--reps", "1", "--max-tokens", "6", "--prompts", "hi"];

async function reportIn(folder: string, name: string, ...args: readonly string[]) {
  const bench = ["bench", ...fakePair, ...short, "--out", name, ...args];
  expect(await specdec(bench, { cwd: folder })).toMatchObject({ code: 0 });
}

describe("specdec compare", () => {
  test("prints a row for each cell that both reports have", async () => {
    const cwd = temporaryFolder();
    await reportIn(cwd, "a.json");
    await reportIn(cwd, "b.json", "--draft-len", "2,3");
    const { code, stdout, stderr } = await specdec(["compare", "a.json", "b.json"], { cwd });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^plain .*\ndraft length 2 /m);
    expect(stdout).toContain("warning: only after: draft-n3-k1-t0\n");
    for (const format of ["json", "markdown"]) {
      const run = await specdec(["compare", "a.json", "b.json", "--format", format], { cwd });
      expect(run).toMatchObject({ code: 0, stderr: "" });
      expect(run.stdout).toMatch(format === "json" ? /^\{/ : /^\*\*/);
    }
  });

  test("refuses what cannot be compared, and names it", async () => {
    const cwd = temporaryFolder();
    await reportIn(cwd, "a.json");
    await reportIn(cwd, "b.json", "--target", "fake:step=1");
    writeFileSync(join(cwd, "cut.json"), '{"schema": "specdec.bench/1", "cells": [');
    writeFileSync(join(cwd, "other.json"), '{"schema": "specdec.bench/9"}');
    const refusal = async (...files: readonly string[]) => {
      const { code, stdout, stderr } = await specdec(["compare", ...files], { cwd });
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      expect(stderr).toMatch(/^error: .+\nhint: .+\n$/);
      return stderr;
    };
    expect(await refusal("a.json", "b.json")).toContain(
      "error: the reports cannot be compared: target: fake:step=2,token=0.2 (F32), then fake:step=1 (F32)\n",
    );
    expect(await refusal("a.json", "cut.json")).toContain("error: cut.json is not a whole JSON ");
    expect(await refusal("other.json", "a.json")).toContain("has the schema specdec.bench/9");
    expect(await refusal("a.json", "none.json")).toContain("there is no report none.json");
    expect(await refusal("a.json")).toContain("an argument is missing");
    expect(await refusal("a.json", "")).toContain("after is empty");
  });
});
