import { batchMs } from "../../decoding/control/batch-times.ts";
import { type Costs, plainStepMs, relativeCost } from "./costs.ts";
import { predictedSpeedup, runTimes } from "./pass-times.ts";
import { breakEven, type Drafting, passAt } from "./what-if.ts";

/** What an explanation is about. */
export interface ExplainOptions {
  /** With those of what drafts, heads or a model, as `draft`. */
  readonly costs: Costs;
  /** Longest chain that is considered, 1 or more. */
  readonly longest: number;
  /** α, per-token acceptance as measured; null where nothing was drafted. */
  readonly alpha: number | null;
  readonly drafting: Drafting;
  /** Whether prompt lookup stands beside it, and needs no recommendation. */
  readonly besideLookup?: boolean;
  readonly backend: string;
  /** Of the target, as llama.cpp names it. */
  readonly quantisation: string;
}

/** Says in one sentence why drafting can or cannot pay here. All figures in it are computed. */
export function explain(options: ExplainOptions): string {
  const { costs, alpha, drafting } = options;
  const lengths = Array.from({ length: options.longest }, (_, i) => i + 1);
  const thresholds = lengths.map((length) => breakEven(length, costs, drafting));
  const possible = thresholds.flatMap(({ draftLen, alpha: least }) =>
    least === null ? [] : [{ draftLen, least }],
  );
  const reached = alpha ?? 1;
  const best = lengths.reduce((a, b) =>
    gain(b, reached, options) > gain(a, reached, options) ? b : a,
  );
  const cost = costText(best, options);
  if (possible.length === 0) {
    return `${cost}, so no chain ${sources[drafting]} can pay, even if every token were accepted${remedy(best, 1, options)}.`;
  }
  const easiest = possible.reduce((a, b) => (b.least < a.least ? b : a));
  if (alpha === null) return `${cost}: ${fromOn(easiest)}.`;
  if (possible.every(({ least }) => alpha < least)) {
    return `${cost}: ${fromOn(easiest)}, and ${names[drafting]} ${percent(alpha)}${remedy(best, alpha, options)}.`;
  }
  const least = possible.find(({ draftLen }) => draftLen === best) ?? easiest;
  return `${cost}: ${fromOn(least)}, and ${names[drafting]} ${percent(alpha)}.`;
}

const sources: Readonly<Record<Drafting, string>> = {
  lookup: "of lookup",
  model: "of the draft model",
  parallel: "of parallel heads",
  chained: "of chained heads",
};

const names: Readonly<Record<Drafting, string>> = {
  lookup: "lookup reaches",
  model: "the draft model reaches",
  parallel: "parallel heads reach",
  chained: "chained heads reach",
};

/** Predicted speedup of a chain. */
function gain(draftLen: number, alpha: number, { costs, drafting }: ExplainOptions): number {
  return predictedSpeedup(passAt(draftLen, alpha, drafting), costs);
}

function costText(draftLen: number, { costs, drafting }: ExplainOptions): string {
  const verify = `verifying ${draftLen + 1} tokens costs ${steps(relativeCost(costs, draftLen + 1))} on this backend`;
  const draft = costs.draft;
  if (drafting === "lookup" || draft === undefined) return upper(verify);
  const share = (ms: number) => (ms / batchMs(costs.target, 1)).toFixed(2);
  switch (drafting) {
    case "model":
      return upper(`${verify}, and a draft step ${share(draft.stepMs)} of one`);
    case "chained":
      return upper(`${verify}, and a step of chained heads ${share(draft.stepMs)} of one`);
    case "parallel": {
      const { draftMs } = runTimes(passAt(draftLen, 1, drafting), costs);
      return upper(`${verify}, and drafting with parallel heads ${share(draftMs)} of one`);
    }
  }
}

function fromOn({ draftLen, least }: { draftLen: number; least: number }): string {
  return `by that draft length ${draftLen} pays where more than ${percent(least)} of tested tokens are accepted`;
}

/** What would have to be cheaper, if one thing alone makes the difference. */
function remedy(draftLen: number, alpha: number, options: ExplainOptions): string {
  const { costs, drafting } = options;
  const pass = passAt(draftLen, alpha, drafting);
  const { draftMs, verifyMs, overheadMs } = runTimes(pass, costs);
  const step = batchMs(costs.target, 1);
  const speedup = (ms: number): number => (pass.passTokens * plainStepMs(costs)) / ms;
  const flat = speedup(draftMs + step + overheadMs);
  const freely = speedup(verifyMs + overheadMs);
  const dearest = verifyMs - step >= draftMs ? "verify" : "draft";
  if (dearest === "verify" && flat > 1) {
    return `; if a batch cost one step it would be ${ratio(flat)}${flatter(options)}`;
  }
  if (dearest === "draft" && freely > 1) {
    const lookup = options.besideLookup
      ? ""
      : ", or --drafter ngram where the text repeats itself,";
    return `; with a draft that costs nothing it would be ${ratio(freely)}: ${cheaper[drafting]}${lookup} comes nearer to that`;
  }
  const both = speedup(step + overheadMs);
  return both > 1
    ? `; both drafting and verifying would have to cost less`
    : `; not even drafts and batches that cost nothing more would change that, for too little is accepted`;
}

const cheaper: Readonly<Record<Drafting, string>> = {
  lookup: "a shorter draft",
  model: "a smaller draft model",
  parallel: "heads with fewer outputs",
  chained: "heads with fewer outputs",
};

/** Where batches come nearer to the cost of a step: where reading the weights is what takes time. */
function flatter({ backend, quantisation }: ExplainOptions): string {
  const onCpu = /cpu/i.test(backend);
  const wide = /^(?:B?F16|F32)/i.test(quantisation);
  if (!onCpu) return "";
  return wide ? ": a GPU comes nearer to that" : ": a target in F16 or a GPU comes nearer to that";
}

function steps(count: number): string {
  return `${count.toFixed(1)} single steps`;
}

function percent(share: number): string {
  return `${Math.round(share * 100)}%`;
}

function ratio(value: number): string {
  return `×${value.toFixed(2)}`;
}

function upper(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
