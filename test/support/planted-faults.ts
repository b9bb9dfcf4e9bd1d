import { type AcceptanceRule, childrenOf } from "../../src/decoding/acceptance.ts";
import {
  createDistribution,
  type Distribution,
  normalise,
  probabilityOf,
  sample,
} from "../../src/decoding/distribution.ts";
import type { Drafter } from "../../src/decoding/drafter.ts";
import { distributionFromLogits, type SamplerSettings } from "../../src/decoding/sampler.ts";

/** What is wrong with a rule. */
export interface PlantedFault {
  /** Factor on p/q in the acceptance probability; 1 for none. */
  readonly bias?: number;
  /** Whether the residual is taken by places in the lists, which are sorted differently. */
  readonly residualByIndex?: boolean;
}

/** Rejection sampling with a fault; without one it is the exact rule, written differently. */
export function faultyRule({ bias = 1, residualByIndex = false }: PlantedFault) {
  const takeAway = residualByIndex ? takeAwayByIndex : takeAwayByToken;
  return (sampler: SamplerSettings): AcceptanceRule =>
    (draft, outputs, random) => {
      const path: number[] = [];
      const p = createDistribution();
      for (let node = -1; ; ) {
        distributionFromLogits(outputs.logits(node + 1), sampler, p);
        const children = childrenOf(draft, node);
        const drawnFrom = draft.distributions[node + 1];
        let q = drawnFrom && copyOf(drawnFrom);
        let taken: number | undefined;
        for (const child of children) {
          const token = draft.tokens[child] as number;
          const proposed = q ?? pointOn(token);
          if (random() * probabilityOf(proposed, token) < bias * probabilityOf(p, token)) {
            taken = child;
            break;
          }
          takeAway(p, proposed);
          if (q !== undefined) q = without(q, token);
        }
        if (taken === undefined) {
          const origin = children.length === 0 ? "bonus" : "correction";
          const rejected = children[0];
          return { path, token: sample(p, random), origin, rejected, gaps: [], deviating: [] };
        }
        path.push(taken);
        node = taken;
      }
    };
}

/** Reports that tokens were drawn at another temperature than they were. */
export function misreportingDrafter(drafter: Drafter, temperature: number): Drafter {
  const reheated = (from: Distribution | undefined): Distribution | undefined => {
    if (from === undefined) return undefined;
    const copy = copyOf(from);
    copy.probs = copy.probs.map((q) => q ** (1 / temperature));
    normalise(copy);
    return copy;
  };
  return {
    ...(drafter.free !== undefined && { free: drafter.free }),
    name: drafter.name,
    begin: (prompt) => drafter.begin(prompt),
    observe: (outcome) => drafter.observe(outcome),
    propose: async (request) => {
      const draft = await drafter.propose(request);
      return { ...draft, distributions: draft.distributions.map(reheated) };
    },
  };
}

function copyOf({ ids, probs, size }: Distribution): Distribution {
  return { ids: ids.slice(0, size), probs: probs.slice(0, size), size };
}

function pointOn(token: number): Distribution {
  return { ids: Int32Array.of(token), probs: Float64Array.of(1), size: 1 };
}

function without(q: Distribution, token: number): Distribution {
  const copy = copyOf(q);
  copy.probs = copy.probs.map((each, i) => (q.ids[i] === token ? 0 : each));
  normalise(copy);
  return copy;
}

function takeAwayByToken(p: Distribution, q: Distribution): void {
  takeAway(p, (i) => probabilityOf(q, p.ids[i] as number));
}

function takeAwayByIndex(p: Distribution, q: Distribution): void {
  takeAway(p, (i) => (i < q.size ? (q.probs[i] as number) : 0));
}

/** Leaves p as it is where nothing would remain, as the exact rule does. */
function takeAway(p: Distribution, amount: (i: number) => number): void {
  const left = p.probs.slice(0, p.size).map((each, i) => Math.max(0, each - amount(i)));
  if (left.some((each) => each > 0)) p.probs.set(left);
  normalise(p);
}
