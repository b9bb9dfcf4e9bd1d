import { spawnSync } from "node:child_process";
import { closeSync, existsSync, openSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { fakePair, slowPair, specdec, specdecBin } from "../support/cli.ts";

/** Runs `specdec args | head -1` in a shell. */
function intoHead(...args: readonly string[]) {
  const command = `"$NODE" "$BIN" "$@" | head -n 1; echo "exit $PIPESTATUS"`;
  const env = { ...process.env, NODE: process.execPath, BIN: specdecBin };
  const { stdout, stderr } = spawnSync("bash", ["-c", command, "bash", ...args], {
    encoding: "utf8",
    env,
  });
  const [line, exit] = stdout.trimEnd().split("\n");
  return { line, exit, stderr };
}

describe("a reader that leaves after the first line", () => {
  test("ends generate without a word", () => {
    const { line, exit, stderr } = intoHead("generate", ...slowPair, "--json", "hi");
    expect(JSON.parse(line ?? "")).toMatchObject({ type: "prefill" });
    expect({ exit, stderr }).toEqual({ exit: "exit 0", stderr: "" });
  });

  test("does no harm to bench", () => {
    const args = [
      "--reps",
      "1",
      "--max-tokens",
      "4",
      "--prompts",
      "hi",
      "--format",
      "csv",
      "--out",
      "none",
    ];
    const { line, exit, stderr } = intoHead("bench", ...fakePair, ...args);
    expect(line).toMatch(/^id,state,method/);
    expect({ exit, stderr }).toEqual({ exit: "exit 0", stderr: "" });
  });
});

test.skipIf(!existsSync("/dev/full"))("a full disk under stdout is an error", () => {
  const full = openSync("/dev/full", "w");
  const { status, stderr } = spawnSync(
    process.execPath,
    [specdecBin, "generate", ...fakePair, "--max-tokens", "4", "hi"],
    { stdio: ["ignore", full, "pipe"], encoding: "utf8" },
  );
  closeSync(full);
  expect(status).toBe(3);
  expect(stderr).toMatch(/^error: cannot write to stdout: ENOSPC.+\n$/);
});

test("NO_COLOR and pipes get no colours", async () => {
  const args = ["bench", ...fakePair, "--reps", "1", "--max-tokens", "4", "--prompts", "hi"];
  for (const NO_COLOR of [undefined, "1"]) {
    const { stdout, stderr } = await specdec(args, { env: { NO_COLOR } });
    expect(stdout + stderr).not.toContain("\u001b");
  }
});
