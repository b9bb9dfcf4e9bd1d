import { expect, test } from "vitest";
import { headingOf } from "../../../src/reports/heading.ts";
import { measuredReport } from "./support/reports.ts";

test("the heading says that prompts have limits, and whose answers later turns follow", async () => {
  const report = await measuredReport();
  const runs = (changes: object) => {
    const prompts = report.plan.prompts.map((prompt, i) =>
      i === 0 ? { ...prompt, ...changes } : prompt,
    );
    return new Map(headingOf({ ...report, plan: { ...report.plan, prompts } })).get("runs");
  };
  expect(runs({})).toBe("2 prompts × 2 repetitions, 41 tokens at most, temperature 0, seed 1");
  expect(runs({ turn: 2, maxTokens: 7 })).toBe(
    "2 prompts × 2 repetitions, 41 tokens at most or the prompt's limit, temperature 0, seed 1, " +
      "later turns follow plain decoding's answers (temperature 0)",
  );
});
