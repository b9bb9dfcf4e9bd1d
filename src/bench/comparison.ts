import type { Comparison, Difference, Sample } from "./report.ts";

/** A finished run with what only the running bench needs. */
export interface RunRecord {
  readonly sample: Sample;
  /** For each token the target's logit gap; NaN where unknown, empty for sampled text. */
  readonly gaps: readonly number[];
}

/**
 * Compares the tokens of a cell with plain's, run by run. A prompt counts as equal when all its
 * repetitions are; of a prompt that is not, the first repetition that differs is told.
 */
export function compareWithPlain(
  runs: readonly RunRecord[],
  plain: readonly RunRecord[],
): Comparison {
  const byRun = new Map(plain.map((record) => [runKey(record.sample), record]));
  const differences = new Map<string, Difference>();
  const compared = new Set<string>();
  for (const { sample } of runs) {
    const other = byRun.get(runKey(sample));
    if (other === undefined) continue;
    compared.add(sample.prompt);
    const difference = differenceFromPlain(sample, other);
    if (difference !== undefined && !differences.has(sample.prompt)) {
      differences.set(sample.prompt, difference);
    }
  }
  return {
    equal: compared.size - differences.size,
    compared: compared.size,
    differences: [...differences.values()],
  };
}

/** Prompts of which a later repetition did not give the first one's tokens. */
export function unrepeatedPrompts(runs: readonly RunRecord[]): string[] {
  const first = new Map<string, Sample>();
  const unrepeated = new Set<string>();
  for (const { sample } of runs) {
    const earlier = first.get(sample.prompt);
    if (earlier === undefined) first.set(sample.prompt, sample);
    else if (firstDifference(sample.tokenIds, earlier.tokenIds) !== undefined) {
      unrepeated.add(sample.prompt);
    }
  }
  return [...unrepeated];
}

/** Names a run within a cell. */
export function runKey({ prompt, repetition }: Pick<Sample, "prompt" | "repetition">): string {
  return `${repetition} ${prompt}`;
}

/** Those of `samples` whose runs `others` has too. */
export function commonRuns(samples: readonly Sample[], others: readonly Sample[]): Sample[] {
  const keys = new Set(others.map(runKey));
  return samples.filter((sample) => keys.has(runKey(sample)));
}

function differenceFromPlain(sample: Sample, plain: RunRecord): Difference | undefined {
  const position = firstDifference(sample.tokenIds, plain.sample.tokenIds);
  if (position === undefined) return undefined;
  const gap = plain.gaps[position];
  return {
    prompt: sample.prompt,
    position,
    logitGap: gap !== undefined && Number.isFinite(gap) ? gap : null,
  };
}

/** The first index at which two texts differ; undefined for equal ones. */
function firstDifference(a: readonly number[], b: readonly number[]): number | undefined {
  const length = Math.max(a.length, b.length);
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return i;
  return undefined;
}
