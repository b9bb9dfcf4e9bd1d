import { kindOf, wordDifference } from "../bench/difference-words.ts";
import { isPlausible } from "../bench/plausibility.ts";
import { rateOf } from "../bench/rate-of.ts";
import type { BenchReport, CellReport, Comparison, Difference } from "../bench/report.ts";
import { verdictOf } from "../bench/verdict.ts";
import {
  formatInterval,
  formatMean,
  formatPercent,
  formatRate,
  formatRatio,
  noNumber,
} from "./format.ts";
import { acceptText, draftLenText, methodText, topKText, varyingIn } from "./labels.ts";

/** A column of the table of cells. */
export interface Column {
  readonly name: ColumnName;
  /** The heading; a line break where it may be broken. */
  readonly head: string;
  readonly align: "left" | "right";
  /** One line on what the number is; empty where the heading says it. */
  readonly definition: string;
  readonly text: (cell: CellReport) => string;
  /** Whether the text is good or bad news, beyond a noise margin. */
  readonly mood?: (cell: CellReport, margin: number) => "good" | "bad" | undefined;
}

export type ColumnName = keyof typeof columns;

/** All columns, from which a layout takes some. Two of a kind are a long and a short form. */
const columns = {
  method: left("method", "", methodText),
  draftLen: right("draft\nlen", "", (cell) =>
    cell.draftLen === 0 ? noNumber : draftLenText(cell),
  ),
  topK: right("top-k", "candidates that the draft draws from", drafting(topKText)),
  treeSize: right(
    "tree\nsize",
    "most tokens drafted for one pass, as a tree",
    drafting(({ treeSize }) => (treeSize === 0 ? "chain" : String(treeSize))),
  ),
  pMin: right(
    "p-min",
    "draft probability of a path below which it stops",
    drafting(({ pMin, adaptive }) => (adaptive ? "auto" : String(pMin))),
  ),
  accept: left("accept", acceptDefinition, drafting(acceptText)),
  acceptShort: left(
    "accept",
    acceptDefinition,
    drafting(({ accept }) => (accept === "typical" ? "lossy" : accept)),
  ),
  temp: right("temp", "", (cell) => String(cell.temp)),
  rateSpread: right("tokens/s", rateDefinition(" (quartiles over runs)"), rateSpread),
  rate: right("tokens/s", rateDefinition(""), rate),
  speedup: {
    ...right("speedup", speedupDefinition(" [95% bootstrap interval]"), (cell) =>
      cell.summary?.speedup ? formatInterval(cell.summary.speedup) + doubtMark(cell) : noNumber,
    ),
    mood: speedupMood,
  },
  ratio: {
    ...right("speedup", speedupDefinition(""), (cell) =>
      cell.summary?.speedup
        ? formatRatio(cell.summary.speedup.estimate) + doubtMark(cell)
        : noNumber,
    ),
    mood: speedupMood,
  },
  predicted: right("predicted", predictedDefinition, (cell) =>
    typeof cell.predicted === "number" ? formatRatio(cell.predicted) : noNumber,
  ),
  acceptance: right("accepted", "draft acceptance rate: accepted / drafted", (cell) =>
    formatPercent(cell.summary?.draftAcceptanceRate ?? null),
  ),
  alpha: right("α", "per-token acceptance: accepted / (accepted + first mismatches)", (cell) =>
    formatPercent(cell.summary?.alpha ?? null),
  ),
  tau: right(
    "τ",
    "mean acceptance length: tokens emitted / passes, the target's own included",
    (cell) => formatMean(cell.summary?.meanAcceptanceLength ?? null),
  ),
  shares: right(
    "draft/verify\n/other",
    "shares of the decoding time: drafting, the target's passes, all else",
    shares,
  ),
  sameDetail: left("same text\nas plain", sameDefinition, sameDetail),
  same: right("same\ntext", sameDefinition, (cell) => same(cell.summary?.sameAsPlain ?? null)),
} as const satisfies Record<string, Omit<Column, "name">>;

/** The columns of these names. */
export function columnsNamed(names: readonly ColumnName[]): Column[] {
  return names.map((name) => ({ name, ...columns[name] }));
}

/** The heading of a column in one line. */
export function nameOf({ head }: Column): string {
  return head.replace("\n/", "/").replace("\n", " ");
}

/** Every column that a report has something for, the long forms. */
export function allColumns(report: BenchReport): ColumnName[] {
  const some = (has: (cell: CellReport) => boolean): boolean => report.cells.some(has);
  return [
    "method",
    "draftLen",
    "topK",
    ...(some(({ treeSize }) => treeSize > 0) ? (["treeSize"] as const) : []),
    ...(some(({ pMin }) => pMin > 0) ? (["pMin"] as const) : []),
    ...(some(({ accept }) => accept !== "exact") ? (["accept"] as const) : []),
    ...(varyingIn(report).temp ? (["temp"] as const) : []),
    "rateSpread",
    "speedup",
    ...(some(({ predicted }) => typeof predicted === "number") ? (["predicted"] as const) : []),
    "acceptance",
    "alpha",
    "tau",
    "shares",
    "sameDetail",
  ];
}

function left(
  head: string,
  definition: string | (() => string),
  text: Column["text"],
): Omit<Column, "name"> {
  return { ...right(head, definition, text), align: "left" };
}

function right(
  head: string,
  definition: string | (() => string),
  text: Column["text"],
): Omit<Column, "name"> {
  const words = typeof definition === "string" ? definition : definition();
  return { head, align: "right", definition: words, text };
}

/** What neither plain decoding has nor node-llama-cpp's own. */
function drafting(text: Column["text"]): Column["text"] {
  return (cell) => (cell.method === "speculative" ? text(cell) : noNumber);
}

function acceptDefinition(): string {
  return "acceptance rule; a lossy one does not keep the target's distribution";
}

function rateDefinition(spread: string): string {
  return `tokens after the first / time after it: each prompt's median, mean over prompts${spread}`;
}

function speedupDefinition(interval: string): string {
  return `tokens/s over plain's on the same prompts and repetitions${interval}`;
}

/** A mark on a speedup that cannot be right; the cell's warnings say why. */
function doubtMark(cell: CellReport): string {
  return isPlausible(cell) ? "" : " ?";
}

function predictedDefinition(): string {
  return "speedup by batch costs that were measured before the runs, and by what was accepted";
}

function sameDefinition(): string {
  return "prompts whose tokens equal plain's; compared at temperature 0 only";
}

function rate({ summary }: CellReport): string {
  return summary?.tokensPerSecond ? formatRate(rateOf(summary.tokensPerSecond)) : noNumber;
}

function rateSpread({ summary }: CellReport): string {
  if (!summary?.tokensPerSecond) return noNumber;
  const { low, high } = summary.tokensPerSecond;
  const rate = formatRate(rateOf(summary.tokensPerSecond));
  return `${rate} (${formatRate(low)}–${formatRate(high)})`;
}

function speedupMood(cell: CellReport, margin: number): "good" | "bad" | undefined {
  const { summary } = cell;
  if (!summary?.speedup || !isPlausible(cell)) return undefined;
  return ({ faster: "good", slower: "bad", undecided: undefined } as const)[
    summary.verdict ?? verdictOf(summary.speedup, margin)
  ];
}

function shares({ summary }: CellReport): string {
  if (!summary?.shares) return noNumber;
  const { draft, verify, overhead } = summary.shares;
  return `${[draft, verify, overhead].map((share) => Math.round(share * 100)).join("/")}%`;
}

function same(comparison: Comparison | null): string {
  return comparison === null ? noNumber : `${comparison.equal}/${comparison.compared}`;
}

function sameDetail({ summary }: CellReport): string {
  const comparison = summary?.sameAsPlain ?? null;
  const worst = comparison === null ? undefined : worstOf(comparison.differences);
  if (worst === undefined) return same(comparison);
  return `${same(comparison)} first differs at ${wordDifference(worst)}`;
}

/** The difference that rounding explains least. */
function worstOf(differences: readonly Difference[]): Difference | undefined {
  const rank = { "near-tie": 0, unknown: 1, "not-lossless": 2 } as const;
  return [...differences].sort(
    (a, b) => rank[kindOf(b)] - rank[kindOf(a)] || (b.logitGap ?? 0) - (a.logitGap ?? 0),
  )[0];
}
