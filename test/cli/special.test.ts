import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { fakePair, fakeTarget, specdec } from "../support/cli.ts";
import { leastPreset, userPresets } from "../support/preset-files.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const short = ["--max-tokens", "2"];
const spelled = "a<end>b";
const asText = "warning: control tokens spelled in the prompt are read as plain text: <end>\n";
const flagHint = "hint: Give --special if they are meant as tokens.\n";
const needsRaw = /^error: --special needs raw prompts: .+\nhint: Give --raw too, .+\n$/;

/** @returns tokens of the prompt */
async function generate(...flags: readonly string[]) {
  const args = ["generate", ...fakeTarget, ...short, "--json", ...flags, spelled];
  const { code, stdout, stderr } = await specdec(args);
  const [first = "{}"] = stdout.split("\n");
  return { code, stderr, total: code === 0 ? JSON.parse(first).total : undefined };
}

/** @returns the report's plan and warnings, and the tokens of each prompt */
async function bench(flags: readonly string[], lines: readonly object[]) {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, "mine.jsonl"), lines.map((line) => JSON.stringify(line)).join("\n"));
  const prompts = ["--prompts", "mine.jsonl", "--reps", "1", "--out", "none", "--format", "json"];
  const fixed = ["--no-cost-model", "--drafter", "none", "--draft-len", "0"];
  const args = ["bench", ...fakeTarget, ...short, ...fixed, ...prompts, ...flags];
  const { code, stdout, stderr } = await specdec(args, { cwd });
  if (code !== 0) return { code, stderr };
  const { plan, warnings, cells } = JSON.parse(stdout);
  const tokens = cells[0].samples.map((each: { promptTokens: number }) => each.promptTokens);
  return { code, stderr, plan, warnings: codesOf(warnings), tokens };
}

function codesOf(warnings: readonly { readonly code: string }[]): string[] {
  return warnings.map(({ code }) => code).filter((code) => code === "special-as-text");
}

const line = { id: "a", category: "code", prompt: spelled };

describe("generate", () => {
  test("reads special tokens with --raw --special, and warns without it", async () => {
    expect(await generate("--raw", "--special")).toMatchObject({ code: 0, total: 4 });
    const { total, stderr } = await generate("--raw");
    expect(total).toBe(8);
    expect(stderr).toContain(`${asText}${flagHint}`);
    expect((await generate("--raw", "--special")).stderr).not.toContain("warning");
    expect((await generate()).stderr).not.toContain("warning");
  });

  test("refuses --special in a chat template", async () => {
    const { code, stderr } = await generate("--special");
    expect(code).toBe(2);
    expect(stderr).toMatch(needsRaw);
  });

  test("warns of a preset's, where --raw=false keeps it from acting", async () => {
    const settings = { raw: true, special: true };
    const { env } = userPresets({ "mine.json": { ...leastPreset, settings } });
    const args = ["generate", "--preset", "mine", ...fakeTarget, ...short];
    const acts = await specdec([...args, "--json", spelled], { env });
    expect(JSON.parse(acts.stdout.split("\n")[0] ?? "")).toMatchObject({ total: 4 });
    const { code, stderr } = await specdec([...args, "--raw=false", spelled], { env });
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /^warning: the preset's "special" does nothing here: .+\nhint: Give --raw/,
    );
  });
});

describe("bench", () => {
  test("reads special tokens with --raw --special, and warns without it", async () => {
    const read = await bench(["--raw", "--special"], [line]);
    expect(read).toMatchObject({ code: 0, plan: { special: true }, warnings: [], tokens: [4] });
    const raw = await bench(["--raw"], [line]);
    expect(raw).toMatchObject({ code: 0, warnings: ["special-as-text"], tokens: [8] });
    expect(raw.plan).not.toHaveProperty("special");
  });

  test("heeds what a line says of its own prompt", async () => {
    const own = [
      { ...line, raw: true, special: true },
      { ...line, id: "b", raw: true },
      { ...line, id: "c", prompt: "hi" },
    ];
    const { plan, tokens, warnings } = await bench([], own);
    expect(plan.prompts).toEqual(own);
    // In the template: <begin>, "U: hi\n", "A:".
    expect(tokens).toEqual([4, 8, 9]);
    expect(warnings).toEqual(["special-as-text"]);
  });

  test.each([
    [["--special"], [line], needsRaw],
    [
      [],
      [{ ...line, special: true }],
      /^error: prompt a: "special" needs a raw prompt: .+\nhint: /,
    ],
  ])("refuses %j with %j", async (flags, lines, message) => {
    const { code, stderr } = await bench(flags, lines);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });

  test("takes --special where only some lines are raw", async () => {
    const { code, tokens } = await bench(["--special"], [{ ...line, raw: true }]);
    expect({ code, tokens }).toEqual({ code: 0, tokens: [4] });
  });
});

describe.concurrent("the suite fim", () => {
  const run = (command: string, target: string) =>
    specdec([
      ...[command, "--engine", "fake", "--target", target, "--drafter", "ngram"],
      ...["--draft-len", "1", "--prompts", "fim", "--reps", "1", ...short],
      ...(command === "bench" ? ["--out", "none"] : []),
    ]);

  test("runs where the target can fill a gap", async () => {
    const { code, stdout } = await run("bench", "fake:vocab=108,fim=1");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^runs {5}8 prompts × 1 repetition/m);
  });

  test.each(["bench", "tune"])("is refused by %s where it cannot", async (command) => {
    const { code, stdout, stderr } = await run(command, "fake:");
    expect({ code, stdout }).toEqual({ code: 3, stdout: "" });
    expect(stderr).toMatch(
      /^error: prompt fim-python-inventory: the fake model has no fill-in-the-middle tokens, .+\nhint: Choose a model .+\n$/,
    );
  });
});

describe("tune", () => {
  const quick = ["--draft-len", "1", "--reps", "1", "--max-tokens", "4", "--prompts", spelled];

  test("keeps --special in the preset that it saves, and in the command that it names", async () => {
    const { env } = userPresets({});
    const args = ["tune", ...fakePair, ...quick, "--raw", "--special", "--save-preset", "special"];
    const { code, stdout, stderr } = await specdec(args, { env });
    expect(code).toBe(0);
    expect(stdout).toMatch(/specdec chat .*--raw --special/);
    expect(stderr).not.toContain("control tokens");
    const config = ["generate", "--preset", "special", "--print-config", "--json"];
    const { settings } = JSON.parse((await specdec(config, { env })).stdout);
    expect(settings.special).toEqual({ value: true, origin: "preset" });
  });

  test("warns of what stays plain text", async () => {
    const { code, stderr } = await specdec(["tune", ...fakePair, ...quick, "--raw"]);
    expect(code).toBe(0);
    expect(stderr).toContain("warning: control tokens spelled in prompt text-1 are read as plain");
  });
});

describe.concurrent("chat", () => {
  const chat = (...flags: readonly string[]) =>
    specdec(["chat", ...fakeTarget, ...short, ...flags], { stdin: `${spelled}\n` });

  test("warns without --special and reads tokens with it", async () => {
    const { code, stderr } = await chat("--raw");
    expect(code).toBe(0);
    expect(stderr).toContain(
      "warning: control tokens spelled in the message are read as plain text",
    );
    expect((await chat("--raw", "--special")).stderr).not.toContain("warning");
  });

  test("refuses --special in a chat template", async () => {
    const { code, stderr } = await chat("--special");
    expect(code).toBe(2);
    expect(stderr).toMatch(needsRaw);
  });
});
