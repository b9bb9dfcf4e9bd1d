import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { fakePair, fakeTarget, specdec, startSpecdec } from "../support/cli.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const quick = ["--max-tokens", "16", "--reps", "1", "--prompts", "one prompt", "another one"];

function presetsIn(folder: string): string {
  return join(folder, "specdec", "presets");
}

describe("specdec tune", () => {
  test("prints the surface, what was measured and the line to use, and nothing on stderr", async () => {
    const { code, stdout, stderr } = await specdec(["tune", ...fakePair, ...quick]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    for (const drafter of ["draft", "ngram", "ngram,draft"]) {
      expect(stdout).toContain(`drafter ${drafter}\n`);
    }
    expect(stdout).toMatch(/Measured beside plain, 2 prompts × 1 repetition/);
    expect(stdout).toMatch(
      /\n {2}specdec chat --target fake:step=2,token=0.2 --draft fake:agreement=0.8,step=0.3 --engine fake --d/,
    );
  });

  test("tunes lookup where there is no draft model", async () => {
    const { code, stdout } = await specdec(["tune", ...fakeTarget, ...quick]);
    expect(code).toBe(0);
    expect(stdout).toContain("drafter ngram\n");
    expect(stdout).not.toContain("drafter draft\n");
  });

  test("keeps what it found as a preset that other commands take", async () => {
    const folder = temporaryFolder();
    const env = { XDG_CONFIG_HOME: folder };
    const args = ["tune", ...fakePair, ...quick, "--save-preset", "mine"];
    const { code, stderr } = await specdec(args, { env });
    const path = join(presetsIn(folder), "mine.json");
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: `preset: ${path}\nhint: Use it with specdec generate --preset mine '…'\n`,
    });
    expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({
      id: "mine",
      settings: { draftLen: expect.any(Number) },
    });
    const listed = await specdec(["models", "list"], { env });
    expect(listed.stdout).toContain("mine");
    const again = await specdec(args, { env });
    expect(again.code).toBe(2);
    expect(again.stderr).toContain(`error: there is a preset mine already: ${path}\n`);
  });

  test("keeps that prompts go in as they stand, in the preset and in the line to use", async () => {
    const folder = temporaryFolder();
    const env = { XDG_CONFIG_HOME: folder };
    const args = ["tune", ...fakePair, ...quick, "--raw", "--save-preset", "as-is"];
    const { code, stdout } = await specdec(args, { env });
    expect(code).toBe(0);
    expect(stdout).toMatch(/specdec chat .*--raw/);
    const preset = readFileSync(join(presetsIn(folder), "as-is.json"), "utf8");
    expect(JSON.parse(preset)).toMatchObject({ settings: { raw: true } });
  });

  test.each([
    [["--draft-len", "0"], "--draft-len takes whole numbers from 1 to 63"],
    [["--draft-len", "auto"], "--draft-len takes whole numbers from 1 to 63"],
    [["--p-min", "2"], "--p-min takes numbers from 0 to 1"],
    [["--reps", "0"], "--reps 0 is not a whole number from 1 to 1000"],
    [["--drafter", "none"], "these axes have no setting that can be replayed"],
    [
      ["--drafter", "ngram", "--top-k", "3", "--draft-len", "2-8"],
      "these axes have no setting that can be replayed",
    ],
    [["--save-preset", "My Pair"], "--save-preset My Pair is no name of a preset"],
    [["--save-preset", "python-tiny"], "there is a preset python-tiny already: it comes with"],
    [["--temp", "0.8"], "unknown option --temp"],
  ])("refuses %j before anything is loaded", async (flags, message) => {
    const { code, stdout, stderr } = await specdec(["tune", ...fakePair, ...flags]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(`error: ${message}`);
  });

  test("stops at Ctrl-C", async () => {
    const slow = ["--engine", "fake", "--target", "fake:step=30,token=1", "--max-tokens", "400"];
    const running = startSpecdec(["tune", ...slow, "--prompts", "one prompt"]);
    await running.hostPid();
    await new Promise((resolve) => setTimeout(resolve, 1500));
    running.kill("SIGINT");
    const { code, stdout, stderr } = await running.result;
    expect({ code, stdout }).toEqual({ code: 130, stdout: "" });
    expect(stderr).toContain("error: interrupted");
  });

  test("--print-config shows every setting and runs nothing", async () => {
    const { code, stdout } = await specdec(["tune", "--print-config", "--draft-len", "1-4"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^draft-len +flag +1-4$/m);
    expect(stdout).toMatch(/^max-tokens +preset python-tiny +96$/m);
  });
});
