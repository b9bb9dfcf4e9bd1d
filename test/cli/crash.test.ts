import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { reportSchema } from "../../src/bench/report.ts";
import { fakePair, slowPair, startSpecdec } from "../support/cli.ts";
import { untilGone } from "../support/processes.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { waitFor } from "../support/wait-for.ts";

const hint =
  "hint: Something killed it: often the system, when memory runs out. Try a smaller model or --ctx.\n";
const crashed = (doing: string) =>
  `error: the engine host ended unexpectedly by SIGKILL${doing}\n${hint}`;

/** The models of a pair are named, so that it is clear which run ended. */
function whileRunning(flags: readonly string[]): string {
  const after = (flag: string) => flags[flags.indexOf(flag) + 1];
  return ` while running ${after("--target")} and ${after("--draft")}`;
}

test("a host that is killed during the load is one error", async () => {
  const run = startSpecdec(["generate", "--engine", "fake", "--target", "fake:load=3600000", "hi"]);
  process.kill(await run.hostPid(), "SIGKILL");
  const { stderr, ...rest } = await run.result;
  expect(rest).toEqual({ code: 3, signal: null, stdout: "" });
  // It may be killed before it has said what it loads.
  expect([crashed(""), crashed(" while loading fake:load=3600000")]).toContain(stderr);
});

test("a host that is killed in mid-text is one error on a line of its own", async () => {
  const run = startSpecdec(["generate", ...slowPair, "hi"]);
  const host = await run.hostPid();
  await run.untilStdout(/.{20}/s);
  process.kill(host, "SIGKILL");
  const { code, stdout, stderr } = await run.result;
  expect({ code, stderr }).toEqual({ code: 3, stderr: crashed(whileRunning(slowPair)) });
  expect(stdout).toMatch(/\n$/);
  await untilGone(host);
});

test("a host that is killed in a bench is one error, and the report so far is whole", async () => {
  const out = join(temporaryFolder(), "report.json");
  const args = ["--max-tokens", "20", "--reps", "1000", "--out", out];
  const run = startSpecdec(["bench", ...fakePair, ...args]);
  const host = await run.hostPid();
  const read = () => reportSchema.parse(JSON.parse(readFileSync(out, "utf8")));
  const exists = () => {
    try {
      return read();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
  };
  const before = await waitFor("a report", exists);
  process.kill(host, "SIGKILL");
  const { code, stdout, stderr } = await run.result;
  expect({ code, stdout }).toEqual({ code: 3, stdout: "" });
  expect(stderr).toBe(crashed(whileRunning(fakePair)));
  const after = read();
  expect(after.finished).toBe(false);
  expect(after.cells[0]?.samples.length).toBeGreaterThanOrEqual(
    before.cells[0]?.samples.length ?? 1,
  );
  await untilGone(host);
});
