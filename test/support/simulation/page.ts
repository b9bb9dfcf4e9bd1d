import type { World, WorldResult } from "./worlds.ts";

/** How a set of worlds came out. */
export interface Standing {
  readonly worlds: number;
  /** Shares of the worlds in which `auto` has at least that share of the best fixed length's speed. */
  readonly atLeast95: number;
  readonly atLeast90: number;
  /** The least share of the best fixed length's speed, of plain's, and the mean of the former. */
  readonly worst: number;
  readonly worstOfPlain: number;
  readonly mean: number;
}

/** `auto` by the speed of the best fixed length, plain decoding included. */
export function shareOfBest({ auto, bestFixed }: WorldResult): number {
  return auto / bestFixed;
}

export function standingOf(results: readonly WorldResult[]): Standing {
  const shares = results.map(shareOfBest);
  const atLeast = (least: number) =>
    shares.filter((share) => share >= least).length / shares.length;
  return {
    worlds: results.length,
    atLeast95: atLeast(0.95),
    atLeast90: atLeast(0.9),
    worst: Math.min(...shares),
    worstOfPlain: Math.min(...results.map(({ auto, fixed }) => auto / (fixed[0] as number))),
    mean: shares.reduce((sum, share) => sum + share, 0) / shares.length,
  };
}

/** The page that documents the grid. */
export function autoPage(results: readonly WorldResult[]): string {
  const groups = new Map<string, WorldResult[]>();
  for (const result of results) {
    const { drafters, tokens, agreement } = result.world;
    const changes = agreement[0] === agreement[1] ? "same" : "changes";
    const key = [drafters.join(","), `12 × ${tokens}`, changes].join(" | ");
    groups.set(key, [...(groups.get(key) ?? []), result]);
  }
  const rows = [...groups].map(([key, group]) => `| ${key} | ${standingText(standingOf(group))} |`);
  const worst = [...results].sort((a, b) => shareOfBest(a) - shareOfBest(b)).slice(0, 15);
  return `${intro}
| drafters | tokens | agreement | worlds | ≥ 0.95 of best | ≥ 0.90 of best | worst of best | mean of best | worst of plain |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
${rows.join("\n")}
| **all** | | | ${standingText(standingOf(results))} |

## The worlds where auto comes out worst

| of best | auto | best fixed | drafters | tokens | agreement | repetition | draft step | slope |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
${worst.map(worldText).join("\n")}
`;
}

const intro = `# \`--draft-len auto\` in simulated worlds

Written by \`npx tsx perf/auto.ts\`; edit \`test/support/simulation/page.ts\` instead. A test holds a part
of the same grid to its bounds.

Each world is a simulated pair on a clock that only its batches move. The decoding loop, the drafters,
the controller and its measurement of costs are the real ones, so the figures do not depend on the
machine. A world has:

- an *agreement*: the chance that the draft model's choice is the target's, at each place by itself,
  from 0.1 to 0.9; or 0.9 for the first six texts and 0.1 for the others, or the other way round. The
  draft's probabilities say nothing about its being right, which is the hardest case.
- a *draft step* of 0.05 to 0.5 target steps, and a *slope* of 0 to 0.5: what each further token of a
  batch costs, in steps of its own model.
- a *repetition*: the chance that a run which repeats the text so far goes on by one more token. It is
  what prompt lookup can find. Prompt lookup alone has the agreement as its repetition.
- twelve texts of 48 or 192 tokens.

Auto starts each world knowing nothing. The best fixed length is the fastest of plain decoding and of
draft lengths 1 to 8 with the same drafters, chosen afterwards on the same texts.
`;

function standingText(standing: Standing): string {
  const { worlds, atLeast95, atLeast90, worst, mean, worstOfPlain } = standing;
  const shares = [atLeast95, atLeast90].map((share) => `${(share * 100).toFixed(1)}%`);
  return [worlds, ...shares, ...[worst, mean, worstOfPlain].map(ratio)].join(" | ");
}

function worldText(result: WorldResult): string {
  const { world, auto, bestFixed, fixed } = result;
  const { drafters, tokens, agreement, repetition, draftStep, slope } = world;
  const best = fixed.indexOf(bestFixed);
  const cells = [
    ...[ratio(shareOfBest(result)), `×${ratio(auto)}`, `×${ratio(bestFixed)}, length ${best}`],
    ...[drafters.join(","), `12 × ${tokens}`, halves(agreement), halves(repetition)],
    ...[draftStep, slope],
  ];
  return `| ${cells.join(" | ")} |`;
}

function halves([before, after]: World["agreement"]): string {
  return before === after ? String(before) : `${before}, then ${after}`;
}

function ratio(value: number): string {
  return value.toFixed(3);
}
