import { type AcceptanceRule, exactAcceptance, type Verdict } from "./acceptance.ts";
import type { DraftedRank } from "./control/acceptance-model.ts";
import type { DraftPlan } from "./control/draft-plan.ts";
import { type Draft, emptyDraft, type RoundOutcome } from "./drafter.ts";
import { Emitter } from "./emitter.ts";
import type { EmittedToken, GenerateEvent, RoundEvent } from "./events.ts";
import { checkOptions, checkPass, type GenerateOptions } from "./generate-options.ts";
import { prefill } from "./prefill.ts";
import { isGreedy } from "./sampler.ts";
import { type Evaluation, outputsFrom } from "./sequence.ts";
import { typicalAcceptance } from "./typical-acceptance.ts";

/**
 * Decodes speculatively and tells what happens as it happens. With `draftLength` 0 it is plain
 * decoding by the same code. The loop is that of Leviathan et al. 2023, algorithm 1; as in
 * llama.cpp's examples/speculative-simple the last emitted token stays out of the cache and goes
 * into the next batch together with its draft.
 *
 * Lossless, but for typical acceptance: at temperature 0 it emits the target's greedy choices, above
 * it tokens distributed as the target's. Between events the cache of the target holds the prompt and all emitted tokens but
 * the last, so it can be left at any event and the next call on the same sequence starts right.
 *
 * @throws RangeError when the prompt is empty or does not fit, or an option is out of its range
 */
export async function* generate(options: GenerateOptions): AsyncGenerator<GenerateEvent> {
  checkOptions(options);
  yield* new Loop(options).run();
}

/** The state of one generation between its steps. */
class Loop {
  readonly #emitter: Emitter;
  #options: GenerateOptions;
  #accept: AcceptanceRule;
  /** The last emitted token: not in the cache yet. */
  #last = -1;
  /** The controller's choice for the pass that is under way. */
  #plan: DraftPlan | undefined;
  /** When the last round ended; what passes until the next one is that round's overhead. */
  #roundEnd = 0;

  constructor(options: GenerateOptions) {
    this.#options = options;
    this.#accept = ruleOf(options);
    this.#emitter = new Emitter(options);
  }

  async *run(): AsyncGenerator<GenerateEvent> {
    const outputs = yield* this.#prefillTarget();
    if (this.#runs() && this.#options.draftLength > 0) yield* this.#prefillDrafter(outputs);
    this.#roundEnd = this.#options.clock();
    while (this.#runs() && this.#room() > 0) {
      yield* this.#takeChange();
      if (this.#runs()) yield await this.#round();
    }
    const reason = this.#emitter.doneReason ?? (this.#aborted() ? "aborted" : "context");
    yield { type: "done", reason, text: this.#emitter.flush() };
  }

  get #need(): "logits" | "greedy" {
    return isGreedy(this.#options.sampler) ? "greedy" : "logits";
  }

  async *#takeChange(): AsyncGenerator<GenerateEvent> {
    const change = await this.#options.change?.();
    if (change === undefined) return;
    checkPass(change);
    const { drafter, draftLength } = this.#options;
    this.#options = { ...this.#options, ...change };
    this.#accept = ruleOf(this.#options);
    const isNew = change.drafter !== drafter || draftLength === 0;
    if (isNew && change.draftLength > 0) yield* this.#prefillDrafter();
    this.#roundEnd = this.#options.clock();
  }

  /** @returns the outputs that the first token was chosen from */
  async *#prefillTarget(): AsyncGenerator<GenerateEvent, Evaluation | undefined> {
    const { target, prompt, clock, random, wholeChunks = false } = this.#options;
    const start = clock();
    const steps = prefill(target, prompt, { outputs: "last", need: this.#need, wholeChunks });
    for (;;) {
      const step = await steps.next();
      if (step.done === true) {
        const { evaluation, lastIndex } = step.value;
        const outputs = outputsFrom(evaluation, lastIndex);
        const verdict = this.#accept(emptyDraft, outputs, random);
        const emitted = this.#emit(emptyDraft, verdict);
        yield { type: "first-token", emitted, ms: clock() - start };
        return outputs;
      }
      yield { type: "prefill", model: "target", ...step.value, ms: clock() - start };
      if (this.#aborted()) return undefined;
    }
  }

  /** @param outputs that the last token was chosen from, as long as the target has not run since */
  async *#prefillDrafter(outputs?: Evaluation): AsyncGenerator<GenerateEvent> {
    const { drafter, target, clock } = this.#options;
    const start = clock();
    // Everything but the last token, which no cache holds yet.
    for await (const step of drafter.begin([...target.tokens])) {
      yield { type: "prefill", model: "draft", ...step, ms: clock() - start };
      if (this.#aborted()) return;
    }
    await drafter.observe({ emitted: [this.#last], path: [], ...statesOf(outputs, []) });
  }

  async #round(): Promise<RoundEvent> {
    const { target, drafter, clock, random } = this.#options;
    const draftStart = clock();
    const draft = await this.#draft();
    const verifyStart = clock();
    const outputs = await target.evaluate({
      tokens: [this.#last, ...draft.tokens],
      parents: [-1, ...draft.parents.map((parent) => parent + 1)],
      outputs: "all",
      need: this.#need,
    });
    const verifyEnd = clock();
    const verdict = this.#accept(draft, outputs, random);
    const emitted = this.#emit(draft, verdict);
    const path = verdict.path.slice(0, emitted.length);
    // The last emitted token stays out of the cache, be it the target's own or a draft's.
    await target.keep([0, ...path.slice(0, emitted.length - 1).map((node) => node + 1)]);
    const observeStart = clock();
    if (this.#options.draftLength > 0) {
      const tokens = emitted.map(({ token }) => token);
      await drafter.observe({ emitted: tokens, path, ...statesOf(outputs, path) });
    }
    const end = clock();
    const verifyMs = verifyEnd - verifyStart;
    const draftMs = verifyStart - draftStart + (end - observeStart);
    const overheadMs = end - this.#roundEnd - draftMs - verifyMs;
    this.#roundEnd = end;
    const { tokens, parents, q } = draft;
    const { name, free = false } = draft.by ?? drafter;
    const isFree = free && tokens.length > 0;
    this.#options.controller?.observe({
      ranks: rankedTokens(draft, path),
      free: isFree,
      asked: draft.batches !== undefined,
      mismatch: emitted.at(-1)?.origin === "correction",
      draftMs,
      verifyMs,
      overheadMs,
    });
    return {
      type: "round",
      drafted: tokens.map((token, i) => ({ token, parent: parents[i] ?? -1, q: q[i] ?? NaN })),
      ...(tokens.length > 0 && { drafter: name }),
      accepted: path.length,
      deviations: verdict.deviating.filter((node) => path.includes(node)).length,
      ...(draft.batches && { modelBatches: draft.batches }),
      ...(this.#plan && { plan: planOf(this.#plan, draft, isFree) }),
      ...this.#rejection(draft, verdict, emitted),
      emitted,
      draftMs,
      verifyMs,
      overheadMs,
      contextTokens: target.tokens.length,
    };
  }

  async #draft(): Promise<Draft> {
    const { target, drafter, draftLength, text, random, sampler, topK } = this.#options;
    const { treeSize = 0, pMin = 0 } = this.#options;
    // The target adds a token of its own to whatever is accepted.
    const wanted = this.#emitter.left - 1;
    const fits = Math.min(this.#room(), target.batchSize, target.maxOutputs) - 1;
    const tree = treeSize > 0 && target.maxBranches > 0;
    const allowed = Math.min(treeSize || draftLength, fits, tree ? fits : wanted);
    const largest = wanted < 1 ? 0 : Math.max(0, allowed);
    this.#plan = this.#options.controller?.plan(largest, drafter.unread ?? 0, wanted + 1);
    const maxSize = this.#plan === undefined ? largest : largestOf(this.#plan);
    const maxLength = Math.min(draftLength, maxSize, wanted);
    if (maxLength < 1) return emptyDraft;
    const request = {
      ...{ maxLength, maxSize, tree, topK, sampler, random },
      isEog: (token: number) => text.isEog(token),
    };
    if (this.#plan === undefined) return drafter.propose({ ...request, pMin, pGrow: pMin });
    const { freeSize, modelSize, freeFloors } = this.#plan;
    const floors = drafter.free === true ? freeFloors : this.#plan.floors;
    return drafter.propose({ ...request, ...floors, freeFloors, freeSize, modelSize });
  }

  /** Emits the accepted tokens and the target's own, up to the end of the text. */
  #emit(draft: Draft, verdict: Verdict): EmittedToken[] {
    const emitted: EmittedToken[] = [];
    verdict.path.forEach((node, i) => {
      if (this.#emitter.doneReason !== undefined) return;
      const q = draft.q[node] as number;
      const token = draft.tokens[node] as number;
      emitted.push(this.#emitter.emit({ token, origin: "draft", q, ...gapAt(verdict, i) }));
    });
    if (this.#emitter.doneReason === undefined) {
      const { token, origin, path } = verdict;
      emitted.push(this.#emitter.emit({ token, origin, ...gapAt(verdict, path.length) }));
    }
    this.#last = emitted.at(-1)?.token ?? this.#last;
    return emitted;
  }

  #rejection(
    draft: Draft,
    verdict: Verdict,
    emitted: readonly EmittedToken[],
  ): Pick<RoundEvent, "rejected"> {
    const node = verdict.rejected;
    if (node === undefined || emitted.at(-1)?.origin !== "correction") return {};
    const token = draft.tokens[node] as number;
    const text = this.#options.text.piece(token);
    return { rejected: { token, text, q: draft.q[node] as number } };
  }

  #room(): number {
    const { target } = this.#options;
    return target.capacity - target.tokens.length;
  }

  #runs(): boolean {
    return this.#emitter.doneReason === undefined && !this.#aborted();
  }

  #aborted(): boolean {
    return this.#options.signal?.aborted === true;
  }
}

function largestOf({ freeSize, modelSize }: DraftPlan): number {
  return Math.max(freeSize, modelSize);
}

/** What was chosen of a plan; a try that nothing came of was none. */
function planOf(plan: DraftPlan, { tokens }: Draft, isFree: boolean) {
  const probe = tokens.length > 0 && (isFree ? plan.freeProbe : plan.modelProbe);
  return { size: largestOf(plan), probe };
}

/** The first token was chosen from the first output, each further one from that of the node before it. */
function statesOf(
  outputs: Evaluation | undefined,
  path: readonly number[],
): Pick<RoundOutcome, "states"> {
  const hidden = outputs?.hidden;
  if (hidden === undefined) return {};
  return { states: (i) => hidden(i === 0 ? 0 : (path[i - 1] as number) + 1) };
}

/** At temperature 0 typical acceptance is the exact rule. */
function ruleOf({ sampler, typical, target }: GenerateOptions): AcceptanceRule {
  const size = target.vocabularySize;
  if (typical === undefined || isGreedy(sampler)) return exactAcceptance(sampler, size);
  return typicalAcceptance(sampler, typical, size);
}

/** The drafted tokens, the most probable paths first, as a controller looks at them. */
function rankedTokens({ tokens, parents, q }: Draft, path: readonly number[]): DraftedRank[] {
  const paths: number[] = [];
  tokens.forEach((_, node) => {
    paths.push((paths[parents[node] as number] ?? 1) * (q[node] as number));
  });
  const byPath = [...tokens.keys()].sort(
    (a, b) => (paths[b] as number) - (paths[a] as number) || a - b,
  );
  return byPath.map((node) => ({ path: paths[node] as number, accepted: path.includes(node) }));
}

function gapAt(verdict: Verdict, i: number): { gap?: number } {
  const gap = verdict.gaps[i];
  return gap === undefined ? {} : { gap };
}
