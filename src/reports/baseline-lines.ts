import type { BenchReport } from "../bench/report.ts";

const names = {
  evaluate: "evaluate()",
  draft: "DraftSequenceTokenPredictor with minTokens = maxTokens and minConfidence 0",
  lookup: "InputLookupTokenPredictor",
} as const;

/** What the rows of node-llama-cpp's own decoding are, a line; empty without any. */
export function baselineLines({ cells, versions }: BenchReport): string[] {
  const measured = (Object.keys(names) as (keyof typeof names)[]).filter((name) =>
    cells.some(({ baseline }) => baseline === name),
  );
  if (measured.length === 0) return [];
  const version = versions.nodeLlamaCpp === undefined ? "" : ` ${versions.nodeLlamaCpp}`;
  return [
    `nlc is node-llama-cpp${version} without specdec, in a process of its own with the same models, ` +
      `threads and sampler: ${measured.map((name) => `nlc ${name} is its ${names[name]}`).join(", ")}. ` +
      "Passes and acceptance follow from its counters; what it verifies together with the prompt " +
      "counts as prefill.",
  ];
}
