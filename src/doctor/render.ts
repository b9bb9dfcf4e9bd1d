import type { Colours } from "../reports/colours.ts";
import { visibleText } from "../text/visible-text.ts";
import type { Fact, Problem } from "./finding.ts";
import type { CheckResult, CheckStatus } from "./run-checks.ts";

const labelWidth = 16;

/** One check as it stands on the screen: its name and how it ended, then a line for each fact. */
export function renderCheck(result: CheckResult, colours: Colours): string {
  const { name, status, facts, failures, notes } = result;
  const lines = [
    `${colours.bold(name)}  ${statusText(status, colours)}`,
    ...facts.map((fact) => line(fact.label, textOf(fact))),
    ...failures.flatMap((problem) => problemLines("error", problem)),
    ...notes.flatMap((problem) => problemLines("note", problem)),
  ];
  return `${lines.join("\n")}\n`;
}

/** The checks as data: facts by their keys. */
export function checksAsJson(results: readonly CheckResult[]) {
  return {
    verdict: failedNames(results).length === 0 ? "ok" : "failed",
    checks: results.map(({ name, status, facts, failures, notes }) => ({
      name,
      status,
      facts: Object.fromEntries(facts.map(({ key, value }) => [key, value])),
      failures,
      notes,
    })),
  };
}

/** The names of the checks that failed. */
export function failedNames(results: readonly CheckResult[]): string[] {
  return results.filter(({ status }) => status === "failed").map(({ name }) => name);
}

function statusText(status: CheckStatus, colours: Colours): string {
  switch (status) {
    case "ok":
      return colours.good("ok");
    case "note":
      return colours.warn("ok, with a note");
    case "failed":
      return colours.bad("failed");
  }
}

function problemLines(label: string, { message, hint, details = [] }: Problem): string[] {
  return [
    line(label, message),
    ...(hint === undefined ? [] : [line("hint", hint)]),
    ...details.map((detail, i) => line(i === 0 ? "log" : "", detail.trim())),
  ];
}

function line(label: string, text: string): string {
  return visibleText(`  ${label.padEnd(labelWidth)}${text}`);
}

function textOf({ value, text }: Fact): string {
  if (text !== undefined) return text;
  return typeof value === "object" ? value.join(", ") || "none" : String(value);
}
