import type { GenerateEvent } from "../../../../src/decoding/events.ts";
import type {
  BaselineCounts,
  BaselineRequest,
  BaselineRunner,
} from "../../../../src/engine/baseline.ts";
import { draftModelChain } from "../../../../src/engine/pair.ts";
import { takeApart } from "../../../support/collect.ts";
import { steadyTarget, virtualPair } from "./virtual-pair.ts";

/** node-llama-cpp as the runner sees it, with all that it was asked. */
export interface FakeBaselines extends BaselineRunner {
  readonly requests: readonly BaselineRequest[];
}

/** What it makes of a text. */
export interface FakeBaselinesOptions {
  readonly target?: string;
  /** Takes the place of the counts of plain decoding where predictions are made. */
  readonly counts?: Partial<BaselineCounts>;
  /** Time of a token after those of the prefill, in ms. */
  readonly tokenMs?: number;
  /** Before each run. */
  readonly onRun?: (request: BaselineRequest) => void;
}

/** Writes what a target writes, and takes a fixed time for each token. */
export async function fakeBaselines(options: FakeBaselinesOptions = {}): Promise<FakeBaselines> {
  const { target = steadyTarget, tokenMs = 20, counts, onRun } = options;
  const pair = await virtualPair({ target });
  const requests: BaselineRequest[] = [];
  return {
    requests,
    run: async (request, signal) => {
      requests.push(request);
      onRun?.(request);
      if (signal?.aborted) return undefined;
      const { prompt, sampler, seed, maxTokens } = request;
      const plain = { ...draftModelChain, draftLength: 0, topK: 0, stopTexts: [] };
      const way = { ...plain, wholeChunks: true, eventsEveryMs: 0 };
      const events: GenerateEvent[] = [];
      for await (const event of pair.generate({ ...way, prompt, sampler, seed, maxTokens })) {
        events.push(event);
      }
      const { tokens, text, done } = takeApart(events);
      const read = events.find((event) => event.type === "prefill");
      const predicted = request.method === "evaluate" ? {} : counts;
      const { prefillTokens = 1 } = predicted ?? {};
      return {
        promptTokens: read?.total ?? 0,
        tokenIds: tokens,
        text,
        reason: done.reason === "eog" ? "eog" : "length",
        counts: {
          ...{ prefillTokens, passes: tokens.length - prefillTokens },
          ...{ drafted: 0, accepted: 0, mismatches: 0 },
          ...{ draftedAt: [], testedAt: [], acceptedAt: [] },
          ...predicted,
        },
        firstTokenMs: 7,
        decodeMs: (tokens.length - prefillTokens) * tokenMs,
      };
    },
  };
}
