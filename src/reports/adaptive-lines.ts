import type { AdaptiveSummary, BenchReport, CellReport } from "../bench/report.ts";
import { formatPercent } from "./format.ts";
import { labelOf, type Varying, varyingIn } from "./labels.ts";

type Regret = NonNullable<AdaptiveSummary["regret"]>;

/** For each cell whose draft length is chosen before every pass: what was drafted, and its regret. */
export function adaptiveLines(report: BenchReport): string[] {
  const varying = varyingIn(report);
  return report.cells.flatMap((cell) => lineOf(cell, report, varying));
}

function lineOf(cell: CellReport, report: BenchReport, varying: Varying): string[] {
  const adaptive = cell.summary?.adaptive;
  if (!adaptive || adaptive.plannedSizes.length === 0) return [];
  const { plannedSizes, probeShare, regret } = adaptive;
  const drafted = draftedSizes(cell);
  const against = report.cells.find(({ id }) => id === regret?.against);
  const parts = [
    drafted.length > 0
      ? `tokens drafted ${sizesText(drafted)} of passes`
      : `tokens planned ${sizesText(plannedSizes)} of passes`,
    ...(probeShare !== null && probeShare > 0 ? [`probes ${formatPercent(probeShare)}`] : []),
    ...(regret !== null && against !== undefined
      ? [`regret ${regretText(regret)} against ${labelOf(against, varying)}`]
      : []),
  ];
  return [`${labelOf(cell, varying)}: ${parts.join("; ")}`];
}

/** For example 3.2% [-1.0%, 7.1%]. */
function regretText({ value, low = null, high = null }: Regret): string {
  if (low === null || high === null || high - low > 1) return formatPercent(value);
  return `${formatPercent(value)} [${formatPercent(low)}, ${formatPercent(high)}]`;
}

/** Entry n: passes that drafted n tokens; empty in reports that do not have it. */
function draftedSizes({ samples }: CellReport): number[] {
  const longest = Math.max(0, ...samples.map((sample) => sample.draftedSizes.length));
  return Array.from({ length: longest }, (_, size) =>
    samples.reduce((sum, sample) => sum + (sample.draftedSizes[size] ?? 0), 0),
  );
}

/** Sizes with their shares, for example "0 in 12%, 2 in 60%, 3 in 28%"; rare ones together. */
function sizesText(sizes: readonly number[]): string {
  const passes = sizes.reduce((sum, each) => sum + each, 0);
  const percent = (count: number): string => `${Math.round((count / passes) * 100)}%`;
  const isRare = (count: number): boolean => count / passes < 0.005;
  const common = sizes.flatMap((count, size) =>
    isRare(count) ? [] : [`${size} in ${percent(count)}`],
  );
  const hasRare = sizes.some((count) => count > 0 && isRare(count));
  return [...common, ...(hasRare ? ["others in less than 1%"] : [])].join(", ");
}
