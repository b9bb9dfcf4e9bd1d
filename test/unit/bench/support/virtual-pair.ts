import { DraftController } from "../../../../src/decoding/control/controller.ts";
import type { Drafter } from "../../../../src/decoding/drafter.ts";
import type { GenerateEvent } from "../../../../src/decoding/events.ts";
import { generate } from "../../../../src/decoding/generate.ts";
import { seededRandom } from "../../../../src/decoding/random.ts";
import { DraftModelDrafter } from "../../../../src/drafters/draft-model.ts";
import { firstOf } from "../../../../src/drafters/first-of.ts";
import { HeadsDrafter } from "../../../../src/drafters/heads.ts";
import { NgramDrafter } from "../../../../src/drafters/ngram.ts";
import { noDrafter } from "../../../../src/drafters/none.ts";
import { allShared } from "../../../../src/drafters/shared-tokens.ts";
import { fakeEngine } from "../../../../src/engine/fake/engine.ts";
import type {
  GenerateRequest,
  PairInfo,
  PromptInput,
  TunablePair,
} from "../../../../src/engine/pair.ts";
import type { OpenHeads, OpenModel } from "../../../../src/engine/port.ts";
import { promptFacts, promptTokens } from "../../../../src/engine/prompt-tokens.ts";
import { rankText } from "../../../../src/engine/rank-text.ts";
import { timeRounds } from "../../../../src/engine/time-rounds.ts";
import { environmentError } from "../../../../src/errors.ts";

/** A pair of fake models on a clock that only their simulated costs move. */
export interface VirtualPair extends TunablePair {
  readonly requests: readonly GenerateRequest[];
  readonly clock: () => number;
}

/** What a virtual pair is made of. */
export interface VirtualPairOptions {
  readonly target?: string;
  readonly draft?: string;
  readonly heads?: readonly string[];
  readonly contextSize?: number;
  readonly info?: Partial<PairInfo>;
  /** Sees, and may replace, each event. */
  readonly onEvent?: (event: GenerateEvent, request: GenerateRequest) => GenerateEvent;
}

/** A target step of 10 ms and 2 ms for each further token; it never ends by itself. */
export const steadyTarget = "fake:seed=1,end=-1000,step=10,token=2";
/** The same language in 1 ms a step. */
export const perfectDraft = "fake:seed=1,end=-1000,step=1,token=0";

/** What `steadyTarget` and `perfectDraft` cost. */
const steadyCosts = {
  target: [1, 2, 3, 4, 5, 6].map((tokens) => ({ tokens, ms: 8 + 2 * tokens })),
  model: { batches: [{ tokens: 1, ms: 1 }], stepMs: 1 },
};

export async function virtualPair(options: VirtualPairOptions = {}): Promise<VirtualPair> {
  let now = 0;
  const engine = fakeEngine({ wait: (ms) => (now += ms) });
  const clock = () => now;
  const open = (path: string): Promise<OpenModel> =>
    engine.open({
      path,
      contextSize: options.contextSize ?? 512,
      hiddenStates: options.heads !== undefined,
      onProgress: () => true,
    });
  const target = await open(options.target ?? steadyTarget);
  const draft = options.draft === undefined ? undefined : await open(options.draft);
  const heads: OpenHeads[] = [];
  for (const path of options.heads ?? []) heads.push(await engine.openHeads(path, 512));
  const requests: GenerateRequest[] = [];
  const info = {
    engine: engine.info,
    target: target.info,
    ...(draft && { draft: draft.info }),
    ...(options.heads && { heads: heads.map(({ info }) => info) }),
    contextSize: target.sequence.capacity,
    notices: [],
    ...options.info,
  };
  const controllers = new Map<string, DraftController>();
  const controllerOf = ({ adaptive, drafters, topK, treeSize }: GenerateRequest) => {
    if (!adaptive) return undefined;
    const key = JSON.stringify([drafters, topK, treeSize]);
    const controller =
      controllers.get(key) ??
      new DraftController({ ...steadyCosts, free: drafters.includes("ngram") });
    controllers.set(key, controller);
    return controller;
  };
  const drafterOf = (request: GenerateRequest): Drafter => {
    const { draftLength, drafters, ngram, wholeChunks } = request;
    if (draftLength === 0) return noDrafter;
    return firstOf(
      drafters.flatMap((name): Drafter[] => {
        if (name === "ngram") return [new NgramDrafter(ngram)];
        if (name === "heads") return [new HeadsDrafter(heads[request.heads ?? 0] as OpenHeads)];
        if (draft === undefined) return [];
        const { sequence, vocabulary } = draft;
        const shared = allShared(vocabulary.size);
        return [new DraftModelDrafter({ sequence, shared, wholeChunks })];
      }),
    );
  };
  const tokensOf = (input: PromptInput) => promptTokens(target.vocabulary, input);
  async function* run(
    request: GenerateRequest,
    signal?: AbortSignal,
  ): AsyncGenerator<GenerateEvent> {
    requests.push(request);
    const prompt = await tokensOf(request.prompt);
    if (prompt.length > target.sequence.capacity) {
      throw environmentError("prompt-too-long", `${prompt.length} tokens do not fit`);
    }
    const controller = controllerOf(request);
    const events = generate({
      ...request,
      target: target.sequence,
      drafter: drafterOf(request),
      ...(controller && { controller }),
      text: target.vocabulary,
      prompt,
      random: seededRandom(request.seed),
      clock,
      ...(signal && { signal }),
    });
    for await (const event of events) yield options.onEvent?.(event, request) ?? event;
  }
  return {
    info,
    requests,
    clock,
    generate: run,
    timeRounds: (request, signal) =>
      timeRounds(
        {
          ...{ target: target.sequence, ...(draft && { draft: draft.sequence }), heads },
          ...{ token: 5, clock },
        },
        request,
        signal,
      ),
    rank: async (request) => {
      const shared = allShared(target.vocabulary.size);
      const models = { target, ...(draft && { draft }), shared };
      return rankText(models, await tokensOf(request.prompt), request);
    },
    inspectPrompt: (prompt) => promptFacts(target.vocabulary, prompt),
  };
}
