import { baselineOf } from "../bench/baseline.ts";
import { buildReport, type ReportInput } from "../bench/build-report.ts";
import { checkAgainst, checkBaseline, type GateResult } from "../bench/gate.ts";
import { readReport } from "../bench/read-report.ts";
import type { BenchReport } from "../bench/report.ts";
import { openReportFile, type ReportFile } from "../bench/report-file.ts";
import { regressionError, type UserError, usageError } from "../errors.ts";
import { findingLines } from "../reports/gate-lines.ts";
import type { GateOutcome } from "../reports/github.ts";
import { renderJson } from "../reports/json.ts";
import type { BenchFlags } from "./bench-options.ts";
import { requireText } from "./model-options.ts";
import { parseShare } from "./shares.ts";

/** Speedup that may be lost where nothing else is said. */
export const defaultMaxRegression = "5%";

/** The baseline that a bench is held against, or that it writes. */
export class BenchGate {
  readonly #file: string;
  readonly #baseline: BenchReport | undefined;
  readonly #update: ReportFile | undefined;
  readonly #maxRegression: number;

  private constructor(
    file: string,
    content: { readonly baseline?: BenchReport; readonly update?: ReportFile },
    maxRegression: number,
  ) {
    this.#file = file;
    this.#baseline = content.baseline;
    this.#update = content.update;
    this.#maxRegression = maxRegression;
  }

  /**
   * Reads the baseline, or opens it for writing, before anything is loaded.
   *
   * @returns undefined where no gate is asked for
   * @throws UserError for flags that belong together, and a file that cannot be read or written
   */
  static async open(flags: BenchFlags): Promise<BenchGate | undefined> {
    if (flags.check === undefined) {
      for (const option of ["max-regression", "update-baseline"] as const) {
        if (flags[option] === undefined || flags[option] === false) continue;
        throw usageError(`--${option} needs --check`, "Name the baseline: --check FILE.json.");
      }
      return undefined;
    }
    const file = requireText("--check", flags.check);
    const maxRegression = parseShare(flags["max-regression"] ?? defaultMaxRegression, {
      name: "--max-regression",
      above: 0,
      max: 1,
    });
    const content = flags["update-baseline"]
      ? { update: await openReportFile(file) }
      : { baseline: readReport(file, "Write one: the same line with --update-baseline.") };
    return new BenchGate(file, content, maxRegression);
  }

  /**
   * Before the first run: whether the baseline is one for this bench.
   *
   * @throws UserError (usage) that names what differs
   */
  checkPlan(input: Omit<ReportInput, "runs" | "created">): void {
    if (this.#baseline === undefined) return;
    const planned = buildReport({ ...input, created: new Date(), runs: new Map() });
    checkBaseline(this.#baseline, planned, this.#file);
  }

  /**
   * After the last run: the verdict, or the new baseline.
   *
   * @returns undefined where a baseline was written
   */
  async conclude(report: BenchReport): Promise<GateOutcome | undefined> {
    await this.#update?.write(renderJson(baselineOf(report)));
    if (this.#baseline === undefined) return undefined;
    const result: GateResult = checkAgainst(this.#baseline, report, this.#maxRegression);
    const findings = findingLines(result.findings, report);
    return { file: this.#file, findings, warnings: result.warnings };
  }

  /** What is said of a written baseline. */
  get note(): string | undefined {
    return this.#update === undefined ? undefined : `baseline: ${this.#file}`;
  }
}

/** What ends a bench that is worse than its baseline. */
export function regression({ file, findings }: GateOutcome): UserError {
  const count = findings.length === 1 ? "1 finding" : `${findings.length} findings`;
  return regressionError(
    `worse than ${file}: ${count}`,
    findings,
    "Where that is as it should be, write a new baseline with --update-baseline.",
  );
}
