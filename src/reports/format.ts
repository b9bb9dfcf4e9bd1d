/** What stands where there is no number. */
export const noNumber = "–";

/** Tokens per second, for example 12.3. */
export function formatRate(perSecond: number): string {
  return perSecond.toFixed(1);
}

/** A ratio, for example ×1.23. */
export function formatRatio(ratio: number): string {
  return `×${ratio.toFixed(2)}`;
}

/** A wider interval, as two prompts have it, says nothing. */
const widestTelling = 20;

/** A ratio with its interval, for example ×1.23 [1.19, 1.27]. */
export function formatInterval(value: {
  readonly estimate: number;
  readonly low: number | null;
  readonly high: number | null;
}): string {
  const { estimate, low, high } = value;
  if (low === null || high === null) return formatRatio(estimate);
  if (high > low * widestTelling) return `${formatRatio(estimate)} (too few prompts to say)`;
  return `${formatRatio(estimate)} [${low.toFixed(2)}, ${high.toFixed(2)}]`;
}

/** A share of 1 in per cent with one decimal, for example 94.1%. */
export function formatPercent(share: number | null): string {
  return share === null ? noNumber : `${(share * 100).toFixed(1)}%`;
}

/** A mean count, for example 3.52. */
export function formatMean(mean: number | null): string {
  return mean === null ? noNumber : mean.toFixed(2);
}

/** A number of parameters, for example 1.5B or 135M. */
export function formatParameters(parameters: number): string {
  if (parameters >= 1e9) return `${(parameters / 1e9).toFixed(1)}B`;
  if (parameters >= 1e7) return `${Math.round(parameters / 1e6)}M`;
  if (parameters >= 1e6) return `${(parameters / 1e6).toFixed(1)}M`;
  return String(parameters);
}

/** A count with its noun, for example 1 prompt, 12 prompts. */
export function formatCount(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** A size in decimal units, for example 812 B, 4.3 MB or 1.1 GB. */
export function formatBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  return `${(bytes / 1000 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`;
}
