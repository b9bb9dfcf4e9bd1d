import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { reportSchema } from "../../src/bench/report.ts";
import { fakePair, slowPair, startSpecdec } from "../support/cli.ts";
import { untilGone } from "../support/processes.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const hour = 3_600_000;
const endless = ["generate", ...slowPair, "hi"];
const endlessBench = ["bench", ...fakePair, "--max-tokens", "20", "--reps", "1000"];
const interruptedLine = "error: interrupted\n";

describe("SIGINT", () => {
  test.each(["generate", "bench"])("during the load ends %s and the host", async (command) => {
    const pair = ["--engine", "fake", "--target", `fake:load=${hour}`];
    const run = startSpecdec([command, ...pair, ...(command === "generate" ? ["hi"] : [])]);
    const host = await run.hostPid();
    run.kill("SIGINT");
    expect(await run.result).toEqual({
      code: 130,
      signal: null,
      stdout: "",
      stderr: interruptedLine,
    });
    await untilGone(host);
  });

  test.each(["bench", "tune"])(
    "while %s times batches ends it with the next one",
    async (command) => {
      // Five seconds a batch: a minute and a half for all of them.
      const pair = ["--engine", "fake", "--target", "fake:step=5000", "--draft", "fake:step=5000"];
      const run = startSpecdec([command, ...pair]);
      const host = await run.hostPid();
      // Nothing tells that the timing has begun: what is over sooner than in ten seconds needs no line.
      await sleep(3000);
      run.kill("SIGINT");
      const { code, stdout, stderr } = await run.result;
      expect({ code, stdout }).toEqual({ code: 130, stdout: "" });
      expect(stderr).toMatch(/error: interrupted\n/);
      await untilGone(host);
    },
  );

  test.each(["bench", "tune"])("while %s answers earlier turns ends it", async (command) => {
    // More than three minutes for the first turn's answer.
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, "talk.jsonl"), '{"turns": ["Hi", "Ho"]}\n');
    const run = startSpecdec([command, ...slowPair, "--prompts", "talk.jsonl"], { cwd });
    const host = await run.hostPid();
    // Nothing tells that it has begun: what is over sooner than in ten seconds needs no line.
    await sleep(3000);
    run.kill("SIGINT");
    const { code, stdout, stderr } = await run.result;
    expect({ code, stdout, stderr }).toEqual({ code: 130, stdout: "", stderr: interruptedLine });
    await untilGone(host);
  });

  test("during a long prefill ends it with the next chunk", async () => {
    // 100 ms a chunk of 16 tokens, three minutes in all.
    const pair = ["--engine", "fake", "--target", "fake:token=7", "--ctx", "32000"];
    const run = startSpecdec(["generate", "--json", ...pair, "-"], { stdin: "a".repeat(30_000) });
    const host = await run.hostPid();
    await run.untilStdout(/"prefill"/);
    run.kill("SIGINT");
    const { code, stdout, stderr } = await run.result;
    expect(code).toBe(130);
    expect(JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "")).toMatchObject({
      type: "done",
      reason: "aborted",
    });
    expect(stderr).toMatch(/^0 tokens, interrupted; .+\nerror: interrupted\n$/);
    await untilGone(host);
  });

  test("in mid-text ends the line, prints the figures so far and ends the host", async () => {
    const run = startSpecdec(endless);
    const host = await run.hostPid();
    await run.untilStdout(/.{20}/s);
    run.kill("SIGINT");
    const { code, stdout, stderr } = await run.result;
    expect(code).toBe(130);
    expect(stdout).toMatch(/\n$/);
    expect(stderr).toMatch(/^\d+ tokens, interrupted; .+ tokens\/s; .+\nerror: interrupted\n$/);
    await untilGone(host);
  });

  test("in a bench keeps what was finished in --out and in the table", async () => {
    const out = join(temporaryFolder(), "report.json");
    const run = startSpecdec([...endlessBench, "--out", out], { env: { CI: "true" } });
    const host = await run.hostPid();
    // In CI progress is a plain line every ten seconds.
    await run.untilStderr(/\n/);
    run.kill("SIGINT");
    const { code, stdout, stderr } = await run.result;
    expect(code).toBe(130);
    expect(stderr).toMatch(
      /^(?:run \d+ of 48004: (?:plain|draft)-\S+, \S+, (?:\d+ h )?(?:\d+ min )?(?:\d+ s )?left\n)+error: interrupted\nhint: The table and \S+report\.json hold what was finished\.\n$/,
    );
    expect(stdout).toMatch(/^plain .+ \d+\.\d/m);
    const { finished, cells } = reportSchema.parse(JSON.parse(readFileSync(out, "utf8")));
    expect(finished).toBe(false);
    expect(cells[0]?.samples.length).toBeGreaterThan(0);
    await untilGone(host);
  });

  test("a second time ends the program without waiting for a pass that never ends", async () => {
    // The draft model reads the prompt after the first token, and that takes an hour here.
    const pair = ["--engine", "fake", "--target", "fake:", "--draft", `fake:step=${hour}`];
    const run = startSpecdec(["generate", ...pair, "hi"]);
    const host = await run.hostPid();
    await run.untilStdout(/./);
    const again = setInterval(() => run.kill("SIGINT"), 100);
    const { code, signal, stderr } = await run.result;
    clearInterval(again);
    expect({ code, signal, stderr }).toEqual({ code: 130, signal: null, stderr: "" });
    await untilGone(host);
  });
});

describe("the host ends too", () => {
  test.each(["SIGTERM", "SIGKILL", "SIGHUP"] as const)(
    "after %s of the program",
    async (signal) => {
      const run = startSpecdec(endless);
      const host = await run.hostPid();
      await run.untilStdout(/./);
      run.kill(signal);
      expect(await run.result).toMatchObject({ code: null, signal });
      await untilGone(host);
    },
  );

  test("when nobody reads the text any more", async () => {
    const run = startSpecdec(endless);
    const host = await run.hostPid();
    await run.untilStdout(/./);
    run.closeStdout();
    expect(await run.result).toMatchObject({ code: 0, stderr: "" });
    await untilGone(host);
  });
});
