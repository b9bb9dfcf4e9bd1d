import type { CellComparison } from "./compare.ts";
import { commonRuns } from "./comparison.ts";
import type { Finding } from "./finding.ts";
import type { Sample } from "./report.ts";
import { decodedTokens } from "./run-pairs.ts";

/**
 * Relative change of a count that is let pass. At temperature 0 the same files, prompts and binary
 * give the same counts to the last; 1% leaves room for one near tie that another CPU rounds the other
 * way. Above it one flipped token changes every draw behind it.
 */
const tolerance = { greedy: 0.01, sampled: 0.05 };

interface Count {
  readonly name: string;
  readonly of: (samples: readonly Sample[]) => number;
  /** 1 where more is worse, -1 where less is. */
  readonly worse: 1 | -1;
}

const counts: readonly Count[] = [
  { name: "τ", of: (samples) => total(samples, decodedTokens) / total(samples, passes), worse: -1 },
  { name: "accepted", of: (samples) => per100(samples, ({ accepted }) => accepted), worse: -1 },
  { name: "drafted", of: (samples) => per100(samples, ({ drafted }) => drafted), worse: 1 },
];

/**
 * Says where a cell's drafts are worth less than they were. A draft length that is chosen by what
 * batches cost follows the machine's mood, so its counts prove nothing. Counted are the runs that both
 * reports have.
 */
export function countFindings({ before, after }: CellComparison): Finding[] {
  if (after.method !== "speculative" || after.adaptive) return [];
  const allowed = after.temp <= 0 ? tolerance.greedy : tolerance.sampled;
  const earlierRuns = commonRuns(before.samples, after.samples);
  const runs = commonRuns(after.samples, before.samples);
  const changes = counts.map(({ name, of, worse }) => {
    const [earlier, now] = [of(earlierRuns), of(runs)];
    return { name, earlier, now, loss: earlier === 0 ? 0 : (worse * (now - earlier)) / earlier };
  });
  const bad = changes.filter(({ loss }) => loss > allowed);
  if (bad.length === 0) return [];
  const texts = bad.map(({ name, earlier, now }) => wordChange(name, earlier, now));
  const loss = Math.max(...bad.map((change) => change.loss));
  return [{ code: "counts", cell: after, text: texts.join(", "), loss }];
}

function wordChange(name: string, earlier: number, now: number): string {
  const change = ((now - earlier) / earlier) * 100;
  const per = name === "τ" ? "" : " per 100 tokens";
  const digits = name === "τ" ? 2 : 1;
  const sign = change < 0 ? "" : "+";
  return `${name} ${now.toFixed(digits)}${per}, was ${earlier.toFixed(digits)} (${sign}${change.toFixed(1)}%)`;
}

function per100(samples: readonly Sample[], value: (sample: Sample) => number): number {
  return (100 * total(samples, value)) / total(samples, decodedTokens);
}

function passes(sample: Sample): number {
  return sample.passes;
}

function total(samples: readonly Sample[], value: (sample: Sample) => number): number {
  return samples.reduce((sum, sample) => sum + value(sample), 0);
}
