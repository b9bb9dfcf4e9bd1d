import { describe, expect, test } from "vitest";
import { readReport } from "../../src/bench/read-report.ts";
import { specdec } from "../support/cli.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const target = "fake:think=20,end=-1000";
const pair = ["--engine", "fake", "--target", target, "--draft", `${target},agreement=0.8`];
/** The marks of 7 and 8 tokens, and 20 between them. */
const reasoning = 35;

describe("reasoning", () => {
  test("is reported apart by bench: 35 of 70 tokens", async () => {
    const out = `${temporaryFolder()}/report.json`;
    const args = ["--draft-len", "4", "--max-tokens", "70", "--reps", "1", "--prompts", "hi"];
    const { code, stdout } = await specdec(["bench", ...pair, ...args, "--out", out]);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^draft length 4: reasoning is 50\.0% of the tokens: accepted [\d.]+%, α [\d.]+%, τ [\d.]+; answers: accepted [\d.]+%/m,
    );
    const [plain, drafted] = readReport(out).cells;
    expect(plain?.samples[0]?.reasoning).toMatchObject({
      tokens: reasoning,
      passes: reasoning - 1,
    });
    expect(drafted?.samples[0]?.reasoning).toMatchObject({ tokens: reasoning });
    expect(drafted?.summary?.answer?.tokenShare).toBe(0.5);
  });

  test("is in the line of figures and the events of generate", async () => {
    const args = ["generate", ...pair, "--draft-len", "4", "--max-tokens", "70", "--json", "hi"];
    const { stdout, stderr } = await specdec(args);
    expect(stderr).toMatch(/; reasoning 50 % of the tokens, α \d+ % in it, \d+ % in the answer\n$/);
    const end = JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "");
    expect(end).toMatchObject({ type: "done", reasoning });
  });

  test("that a raw prompt has opened starts with the answer", async () => {
    const args = ["generate", ...pair, "--max-tokens", "56", "--raw", "hi\n<think>\n"];
    const { stderr } = await specdec(args);
    // The newline after the mark is the first of 20.
    expect(stderr).toContain("; reasoning 48 % of the tokens");
  });
});
