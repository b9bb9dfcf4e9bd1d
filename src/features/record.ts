import { createDistribution, type Distribution, sample } from "../decoding/distribution.ts";
import type { Random } from "../decoding/random.ts";
import { type Evaluation, hiddenOf, type TokenSequence } from "../decoding/sequence.ts";
import { topWithConfidence } from "../decoding/top-scan.ts";
import { notedCandidates, PackedRows } from "./recording.ts";

/** A target whose states are recorded: opened with hidden states, and its cache used by nobody else. */
export interface RecordedTarget {
  readonly sequence: TokenSequence;
  readonly width: number;
  readonly isEog: (token: number) => boolean;
}

/** How a target writes on from a beginning. */
export interface OwnTextPlan {
  /** Continuations of one beginning, 1 or more; at most what the sequence's trees allow. */
  readonly branches: number;
  /** Tokens of each, 1 or more. */
  readonly length: number;
  /** Every second continuation is drawn at this temperature; the others take the likeliest token. */
  readonly temperature: number;
  readonly random: Random;
}

/** Goes over a text; the context must have room for it. Leaves the cache empty. */
export async function recordText(
  target: RecordedTarget,
  tokens: readonly number[],
): Promise<PackedRows> {
  const { sequence, width } = target;
  const rows = new PackedRows(width, tokens.length);
  for (const batch of batchesOf(tokens, sequence)) {
    const evaluation = await sequence.evaluate({ tokens: batch, outputs: "all", need: "logits" });
    batch.forEach((token, i) => {
      rows.add(rowOf(token, evaluation, i));
    });
  }
  await sequence.truncate(0);
  return rows;
}

/**
 * Lets the target write several continuations of one beginning, as branches of one tree, so that the
 * beginning is evaluated once and a step of all of them is one batch. They part at the first token,
 * which is another for each: the likeliest first.
 *
 * @returns for each continuation its rows, the first of which is the beginning's last token; leaves
 * the cache empty
 */
export async function recordOwnText(
  target: RecordedTarget,
  beginning: readonly number[],
  plan: OwnTextPlan,
): Promise<PackedRows[]> {
  const { sequence, width, isEog } = target;
  const last = beginning.at(-1) as number;
  for (const batch of batchesOf(beginning.slice(0, -1), sequence)) {
    await sequence.evaluate({ tokens: batch, outputs: "none", need: "greedy" });
  }
  const first = await sequence.evaluate({ tokens: [last], outputs: "all", need: "logits" });
  const root = rowOf(last, first, 0);
  const branches = [...root.next.ids.subarray(0, plan.branches)].map((token, i) => {
    const rows = new PackedRows(width, plan.length + 1);
    rows.add(root);
    return { rows, token, node: 0, temperature: i % 2 === 0 ? 0 : plan.temperature };
  });
  let open = branches.filter(({ token }) => !isEog(token));
  let evaluated = 1;
  for (let n = 0; n < plan.length && open.length > 0; n++) {
    const evaluation = await sequence.grow({
      tokens: open.map(({ token }) => token),
      parents: open.map(({ node }) => node),
      outputs: "all",
      need: "logits",
    });
    open.forEach((branch, i) => {
      const row = rowOf(branch.token, evaluation, i);
      branch.rows.add(row);
      branch.node = evaluated + i;
      branch.token = drawn(row.next, branch.temperature, plan.random);
    });
    evaluated += open.length;
    open = open.filter(({ token }) => !isEog(token));
  }
  await sequence.keep([]);
  await sequence.truncate(0);
  return branches.map(({ rows }) => rows);
}

/** Every token of a context with hidden states is an output, asked for or not (llama-context.cpp). */
function batchesOf(
  tokens: readonly number[],
  { batchSize, maxOutputs }: TokenSequence,
): number[][] {
  const size = Math.min(batchSize, maxOutputs);
  const count = Math.ceil(tokens.length / size);
  return Array.from({ length: count }, (_, i) => tokens.slice(i * size, (i + 1) * size));
}

/** Scratch memory: a row is packed before the next one is looked at. */
const candidates = createDistribution(notedCandidates);

function rowOf(token: number, evaluation: Evaluation, i: number) {
  const confidence = topWithConfidence(evaluation.logits(i), notedCandidates, candidates);
  return { token, hidden: hiddenOf(evaluation, i), next: candidates, confidence };
}

/** One of the noted candidates; what is less likely than those is left out. */
function drawn({ ids, probs }: Distribution, temperature: number, random: Random): number {
  if (temperature === 0) return ids[0] as number;
  const best = probs[0] as number;
  let sum = 0;
  for (let i = 0; i < notedCandidates; i++) {
    const weight = Math.exp(((probs[i] as number) - best) / temperature);
    warmed.probs[i] = weight;
    sum += weight;
  }
  warmed.ids.set(ids.subarray(0, notedCandidates));
  warmed.size = notedCandidates;
  return sample(warmed, (): number => random() * sum);
}

const warmed = createDistribution(notedCandidates);
