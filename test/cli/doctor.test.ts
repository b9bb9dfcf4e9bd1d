import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type CliOptions, specdec } from "../support/cli.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const fakes = ["--engine", "fake", "--target", "fake:", "--draft", "fake:"];

interface DoctorJson {
  readonly verdict: string;
  readonly checks: readonly {
    readonly name: string;
    readonly status: string;
    readonly facts: Readonly<Record<string, unknown>>;
    readonly failures: readonly { message: string; hint?: string }[];
    readonly notes: readonly { message: string }[];
  }[];
}

/** @returns what `specdec doctor --json` found, by check */
async function doctor(args: readonly string[], options?: CliOptions) {
  const { stdout, code, stderr } = await specdec(["doctor", ...args, "--json"], options);
  const { verdict, checks } = JSON.parse(stdout) as DoctorJson;
  return { code, stderr, verdict, checks: new Map(checks.map((check) => [check.name, check])) };
}

test("looks at every part and says how each is", async () => {
  const { stdout } = await specdec(["doctor", ...fakes]);
  for (const check of ["versions", "machine", "engine", "models", "presets", "trial"]) {
    expect(stdout).toMatch(new RegExp(`^${check}  (?:ok|ok, with a note|failed)$`, "m"));
  }
  expect(stdout).toMatch(/^ {2}node {12}\d+\.\d+\.\d+$/m);
  expect(stdout).toMatch(/^ {2}tokens {10}10$/m);
  expect(stdout).not.toContain("\u001b");
});

test("ends with the verdict and 0 when all is well", async () => {
  const { code, stdout, stderr } = await specdec(["doctor", ...fakes]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(/\nAll is well: specdec can run models here\.\n$/);
});

test("a check that fails is named with its reason, and stops no other", async () => {
  const args = ["--engine", "fake", "--target", "fake:", "--draft", "fake:nonsense=1"];
  const { code, stderr, verdict, checks } = await doctor(args);
  expect({ code, verdict }).toEqual({ code: 3, verdict: "failed" });
  expect(stderr).toMatch(/^error: \d of 6 checks failed: .*trial\nhint: .+\n$/);
  expect(checks.get("trial")).toMatchObject({
    status: "failed",
    failures: [{ hint: expect.any(String) }],
  });
  expect(checks.get("engine")?.status).toBe("ok");
});

test("counts the models of the folder that SPECDEC_MODELS names", async () => {
  const folder = temporaryFolder();
  const empty = await doctor(fakes, { env: { SPECDEC_MODELS: folder } });
  expect(empty.checks.get("models")?.facts).toMatchObject({ folder, models: 0, bytes: 0 });
  writeFileSync(join(folder, "one.gguf"), "12345");
  writeFileSync(join(folder, "notes.txt"), "no model");
  const full = await doctor(fakes, { env: { SPECDEC_MODELS: folder } });
  expect(full.checks.get("models")?.facts).toMatchObject({ folder, models: 1, bytes: 5 });
});

test("a broken preset of the user's is a note", async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "specdec", "presets"), { recursive: true });
  writeFileSync(join(folder, "specdec", "presets", "mine.json"), "{");
  const { checks } = await doctor(fakes, {
    env: { XDG_CONFIG_HOME: folder },
  });
  expect(checks.get("presets")).toMatchObject({
    status: "note",
    notes: [{ message: expect.stringContaining("mine.json") }],
  });
});

test("half a pair is refused", async () => {
  expect(await specdec(["doctor", "--target", "x.gguf"])).toEqual({
    code: 2,
    signal: null,
    stdout: "",
    stderr: "error: --target and --draft go together\nhint: Name both, or none.\n",
  });
});
