import type { BenchReport, CellReport } from "../bench/report.ts";
import { printableJson } from "../text/printable-json.ts";
import { visibleStrings } from "../text/visible-strings.ts";
import { conclude } from "./conclusion.ts";
import { formatInterval } from "./format.ts";
import { labelOf, varyingIn } from "./labels.ts";

interface Entry {
  readonly name: string;
  readonly unit: string;
  readonly value: number;
  readonly range?: string;
  readonly extra?: string;
}

/**
 * What github-action-benchmark takes as `customBiggerIsBetter`: speedup and τ of each cell that
 * drafts. Tokens/s are left out, for runners differ and a chart of them shows the runners; and so is
 * node-llama-cpp's own decoding, whose changes are not to raise an alert here.
 */
export function renderBenchmarkAction(data: BenchReport): string {
  const report = visibleStrings(data);
  const varying = varyingIn(report);
  const { target, draft, heads = [] } = report.models;
  const models = [target, ...(draft === undefined ? [] : [draft]), ...heads];
  const pair = models.map(({ file }) => file).join(" + ");
  const entries = report.cells.flatMap((cell) =>
    cell.method === "speculative"
      ? entriesOf(cell, `${pair}, ${labelOf(cell, varying)}`, report)
      : [],
  );
  return `${printableJson(entries, 2)}\n`;
}

function entriesOf({ summary }: CellReport, name: string, report: BenchReport): Entry[] {
  const { speedup, meanAcceptanceLength } = summary ?? {};
  const { cpu, cores } = report.machine;
  return [
    ...(speedup
      ? [
          {
            name: `${name}: speedup`,
            unit: "× plain",
            value: rounded(speedup.estimate),
            ...(speedup.low !== null &&
              speedup.high !== null && { range: `± ${rounded((speedup.high - speedup.low) / 2)}` }),
            extra: `${formatInterval(speedup)}\n${cpu}, ${cores} cores\n${conclude(report)}`,
          },
        ]
      : []),
    ...(meanAcceptanceLength == null
      ? []
      : [
          {
            name: `${name}: τ`,
            unit: "tokens a pass",
            value: rounded(meanAcceptanceLength),
          },
        ]),
  ];
}

function rounded(value: number): number {
  return Number(value.toFixed(4));
}
