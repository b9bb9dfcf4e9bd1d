import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, type TestContext, test } from "vitest";
import { fakePair, fakeTarget, slowPair, specdec, startSpecdec } from "../support/cli.ts";

/** A language whose text never ends by itself. */
const pair = [...fakePair, "--temp", "0", "--max-tokens", "24"];

/** @param onTestFinished of the test's own context: tests run side by side */
function temporaryFolder(onTestFinished: TestContext["onTestFinished"]): string {
  const folder = mkdtempSync(join(tmpdir(), "specdec-chat-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

describe.concurrent("a chat without a terminal", () => {
  test("answers each line on stdout, with figures on stderr", async () => {
    const { code, stdout, stderr } = await specdec(["chat", ...pair], { stdin: "hi\nand you?\n" });
    expect(code).toBe(0);
    expect(stdout.trimEnd().split("\n").length).toBeGreaterThanOrEqual(2);
    expect(stderr.match(/24 tokens/g)).toHaveLength(2);
    expect(stderr).toMatch(/tokens\/s/);
  });

  test("gives the first answer that generate gives", async () => {
    const generated = await specdec(["generate", ...pair, "hi"]);
    const { stdout } = await specdec(["chat", ...pair], { stdin: "hi" });
    expect(stdout).toBe(generated.stdout);
  });

  test("remembers what was said, and forgets it with /reset", async ({ onTestFinished }) => {
    const file = join(temporaryFolder(onTestFinished), "chat.json");
    // How long the prompt of the last answer was: of what was said the toy model reads two letters.
    const lastPrompt = async (stdin: string): Promise<number> => {
      const { code } = await specdec(["chat", ...pair], { stdin: `${stdin}/save! ${file}\n` });
      expect(code).toBe(0);
      const { turns } = JSON.parse(readFileSync(file, "utf8"));
      return turns.at(-1).answer.events[0].total;
    };
    const alone = await lastPrompt("and you?\n");
    expect(await lastPrompt("hi\nand you?\n")).toBeGreaterThan(alone + 24);
    expect(await lastPrompt("hi\n/reset\nand you?\n")).toBe(alone);
  });

  test("takes settings, and goes on after ones that cannot be", async () => {
    const stdin = "/draft-len 99999\n/draft-len 2\nhi\n";
    const { code, stdout, stderr } = await specdec(["chat", ...pair], { stdin });
    expect(code).toBe(2);
    expect(stdout.trim()).not.toBe("");
    expect(stderr).toMatch(/error: --draft-len 99999/);
    expect(stderr).toMatch(/draft-len is 2 now/);
    expect(stderr).toMatch(/1 of 3 lines failed/);
  });

  test("says what is not there", async () => {
    const { code, stderr } = await specdec(["chat", ...pair], { stdin: "/comapre\n/compare\n" });
    expect(code).toBe(2);
    expect(stderr).toMatch(/comapre/);
    expect(stderr).toMatch(/\/compare needs a terminal/);
  });

  test("says that a line is longer than the context, and answers the next", async () => {
    const stdin = `${"x".repeat(400)}\nhi\n`;
    const { code, stdout, stderr } = await specdec(["chat", ...pair, "--ctx", "256"], { stdin });
    expect(code).toBe(3);
    expect(stderr).toMatch(/error: .*256/);
    expect(stdout.trim()).not.toBe("");
  });

  test("drops the oldest turns where the context is full, and says so", async () => {
    const stdin = Array.from({ length: 12 }, (_, i) => `question ${i}\n`).join("");
    const { code, stderr } = await specdec(["chat", ...pair, "--ctx", "256"], { stdin });
    expect(code).toBe(0);
    expect(stderr).toMatch(/dropped the oldest/);
    expect(stderr.match(/24 tokens/g)).toHaveLength(12);
  });

  test("saves what was said, and loads it again", async ({ onTestFinished }) => {
    const file = join(temporaryFolder(onTestFinished), "chat.json");
    const first = await specdec(["chat", ...pair], { stdin: `hi\n/save ${file}\nand you?\n` });
    expect(first.code).toBe(0);
    expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({ specdec: "chat" });
    const second = await specdec(["chat", ...pair], { stdin: `/load ${file}\nand you?\n` });
    expect(second.code).toBe(0);
    expect(first.stdout.endsWith(second.stdout)).toBe(true);
  });

  test("continues plain text with --raw and with models that have no template", async () => {
    const raw = await specdec(["chat", ...pair, "--raw"], { stdin: "hi\n" });
    const bare = [...pair];
    bare[bare.indexOf("fake:step=2,token=0.2")] = "fake:step=2,token=0.2,template=0";
    const without = await specdec(["chat", ...bare], { stdin: "hi\n" });
    expect(raw.code).toBe(0);
    expect(without.code).toBe(0);
    expect(without.stdout).toBe(raw.stdout);
    expect(without.stderr).toMatch(/template/);
  });

  test("decodes plainly with --plain", async () => {
    const { stdout, stderr } = await specdec(["chat", ...pair, "--plain"], { stdin: "hi\n" });
    expect(stderr).not.toMatch(/accept/);
    expect(stdout).toBe((await specdec(["chat", ...pair], { stdin: "hi\n" })).stdout);
  });
});

describe.concurrent("the flags of a chat", () => {
  test("are shown with --print-config, and nothing runs", async () => {
    const { code, stdout } = await specdec(["chat", "--target", "no.gguf", "--print-config"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^temp +default +0\.7$/m);
  });

  test.each([
    [["--draft-len", "x"], /--draft-len/],
    [["--provenance", "loud"], /provenance/],
    [["--max-tokens", "0"], /--max-tokens/],
    [["--drafter", "draft", "--draft", ""], /--draft/],
    [["--seed", "-1"], /--seed/],
  ])("%j is refused", async (flags, said) => {
    const { code, stdout, stderr } = await specdec(["chat", ...fakeTarget, ...flags]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(said);
    expect(stderr).toMatch(/^(error|hint)/m);
  });

  test("a model that is not there is said at once", async () => {
    const { code, stderr } = await specdec(["chat", "--target", "no.gguf"], { stdin: "hi\n" });
    expect(code).toBe(3);
    expect(stderr).toMatch(/no\.gguf/);
  });
});

describe("a chat that is cut short", () => {
  test("by Ctrl-C keeps what was said and leaves no process behind", async () => {
    const running = startSpecdec(["chat", ...slowPair], { stdin: "hi\n" });
    const host = await running.hostPid();
    await running.untilStdout(/./);
    running.kill("SIGINT");
    const { code } = await running.result;
    expect(code).toBe(130);
    expect(() => process.kill(host, 0)).toThrow();
  });

  test("by the end of its host says so", async () => {
    const running = startSpecdec(["chat", ...slowPair], { stdin: "hi\nagain\n" });
    const host = await running.hostPid();
    await running.untilStdout(/./);
    process.kill(host, "SIGKILL");
    const { code, stderr } = await running.result;
    expect(code).toBe(3);
    expect(stderr).toMatch(/error: the engine host ended unexpectedly/);
  });
});
