import type { BenchReport, BenchWarning } from "../bench/report.ts";
import { markdownText } from "../text/markdown-text.ts";
import { visibleStrings } from "../text/visible-strings.ts";
import { conclude } from "./conclusion.ts";
import { renderMarkdown } from "./markdown.ts";
import { groupWarnings, noticeItems, noticesOf } from "./notices.ts";

/** What the gate adds to a job's summary and annotations. */
export interface GateOutcome {
  /** Name of the baseline. */
  readonly file: string;
  /** Worst first. */
  readonly findings: readonly string[];
  readonly warnings: readonly BenchWarning[];
}

/** A report for the summary page of a GitHub job. */
export function renderJobSummary(data: BenchReport, outcome?: GateOutcome): string {
  const { report, gate } = visibleStrings({ report: data, gate: outcome });
  const title = `## specdec: ${markdownText(report.models.target.file)}\n`;
  const parts = [title, ...(gate === undefined ? [] : [gatePart(gate)]), renderMarkdown(report)];
  // The summary of another step may follow.
  return `${parts.join("\n")}\n`;
}

function gatePart({ file, findings, warnings }: GateOutcome): string {
  const head =
    findings.length === 0
      ? `✅ Not worse than ${markdownText(file)}.`
      : `❌ Worse than ${markdownText(file)}:`;
  const lines = [
    head,
    "",
    ...findings.map((text) => `- ${markdownText(text)}`),
    ...noticeItems(groupWarnings(warnings)),
  ];
  return `${lines.join("\n").trimEnd()}\n`;
}

/** Workflow commands that mark the job: what the gate found, all warnings, and the conclusion. */
export function annotationsOf(data: BenchReport, outcome?: GateOutcome): string[] {
  const { report, gate } = visibleStrings({ report: data, gate: outcome });
  const notices = [...noticesOf(report), ...groupWarnings(gate?.warnings ?? [])];
  return [
    ...(gate?.findings ?? []).map((text) => command("error", `worse than ${gate?.file}`, text)),
    ...notices.flatMap(({ texts, hint }) =>
      texts.map((text) => command("warning", "specdec bench", `${text}\n${hint}`)),
    ),
    command("notice", "specdec bench", conclude(report)),
  ];
}

/** Escaped as the runner's toolkit does it (actions/toolkit, packages/core/src/command.ts). */
function command(kind: "error" | "warning" | "notice", title: string, text: string): string {
  const escaped = (value: string): string =>
    value.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
  const name = escaped(title).replaceAll(":", "%3A").replaceAll(",", "%2C");
  return `::${kind} title=${name}::${escaped(text)}`;
}
