import { describe, expect, test } from "vitest";
import type { Check } from "../../../src/doctor/finding.ts";
import { type CheckResult, runChecks } from "../../../src/doctor/run-checks.ts";
import { environmentError } from "../../../src/errors.ts";

const fact = { key: "a", label: "a", value: 1 };

async function resultsOf(...checks: readonly Check[]): Promise<CheckResult[]> {
  const { signal } = new AbortController();
  const results: CheckResult[] = [];
  for await (const result of runChecks(checks, signal)) results.push(result);
  return results;
}

describe("a check", () => {
  test("is ok, ok with a note, or failed", async () => {
    const problem = { message: "it limps" };
    const results = await resultsOf(
      { name: "one", run: () => ({ facts: [fact] }) },
      { name: "two", run: () => ({ facts: [fact], notes: [problem] }) },
      { name: "three", run: () => ({ facts: [fact], notes: [problem], failures: [problem] }) },
    );
    expect(results.map(({ status }) => status)).toEqual(["ok", "note", "failed"]);
  });

  test("that throws has failed, and those after it run all the same", async () => {
    const results = await resultsOf(
      {
        name: "one",
        run: () => Promise.reject(environmentError("no-binary", "there is none", "Build one.")),
      },
      {
        name: "two",
        run: () => {
          throw new TypeError("x is not a function");
        },
      },
      { name: "three", run: () => ({ facts: [fact] }) },
    );
    expect(results.map(({ status }) => status)).toEqual(["failed", "failed", "ok"]);
    expect(results[0]?.failures).toEqual([
      { message: "there is none", hint: "Build one.", details: [] },
    ]);
    expect(results[1]?.failures[0]).toMatchObject({
      message: "x is not a function",
      hint: expect.stringContaining("bug in specdec"),
    });
  });
});

test("an interruption ends the checks, and what it broke counts for nothing", async () => {
  const controller = new AbortController();
  const check: Check = {
    name: "one",
    run: () => {
      controller.abort(new Error("interrupted"));
      throw new Error("what the interruption broke");
    },
  };
  await expect(runChecks([check], controller.signal).next()).rejects.toThrow("interrupted");
});
