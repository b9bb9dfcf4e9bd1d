import { allShared } from "../../../src/drafters/shared-tokens.ts";
import { LocalPair } from "../../../src/engine/local-pair.ts";
import type { ModelInfo, OpenModel, Vocabulary } from "../../../src/engine/port.ts";
import { type NextToken, SimulatedSequence, vocabularySize } from "./sequence.ts";
import type { SimulatedText } from "./texts.ts";

/** What batches cost in a simulated world, in steps of the target. */
export interface WorldCosts {
  /** A step of the draft model. */
  readonly draftStep: number;
  /** Each further token of a batch, in steps of its own model. */
  readonly slope: number;
}

/** ms of a step of the target. */
const stepMs = 10;

/**
 * A pair that writes given texts, on a clock that only its batches move: the real loop, drafters,
 * controller and measurement around simulated models. The prompt "3" is that of the fourth text.
 */
export function simulatedPair(texts: readonly SimulatedText[], costs: WorldCosts): LocalPair {
  let now = 0;
  let text = texts[0] as SimulatedText;
  const vocabulary = vocabularyOf((index) => {
    text = texts[index] as SimulatedText;
    return text.tokens.slice(0, text.promptLength);
  });
  const open = (step: number, next: (position: number) => NextToken): OpenModel => {
    const batchMs = (tokens: number) => step * stepMs * (1 + costs.slope * (tokens - 1));
    const wait = (ms: number) => (now += ms);
    const sequence = new SimulatedSequence({ next, text: () => text.tokens, batchMs, wait });
    return { info, vocabulary, sequence, close: () => undefined };
  };
  const nothing: NextToken = { token: 2, q: 0.5 };
  const target = open(1, (at) => ({ token: text.tokens[at] ?? nothing.token, q: 1 }));
  const draft = open(costs.draftStep, (at) => text.drafted[at] ?? nothing);
  const engineInfo = {
    engine: "fake",
    release: "",
    backend: "",
    threads: 1,
    trees: false,
  } as const;
  return new LocalPair({
    ...{ target, draft, heads: [], shared: allShared(vocabularySize), clock: () => now },
    engine: {
      info: engineInfo,
      ...{ inspect: unused, open: unused, inspectHeads: unused, openHeads: unused },
      close: () => undefined,
    },
    info: {
      ...{ engine: engineInfo, target: info, draft: info },
      ...{ contextSize: target.sequence.capacity, notices: [] },
    },
  });
}

const info: ModelInfo = {
  ...{ file: "simulated", sizeBytes: 0, headerSha256: "", name: "simulated" },
  ...{ architecture: "simulated", quantisation: "F32", parameters: 1, trainedContext: 4096 },
  ...{ vocabularySize, embeddingWidth: 1, layers: 1, hasChatTemplate: false, canRollBack: true },
};

async function unused(): Promise<never> {
  throw new Error("a simulated engine opens nothing");
}

function vocabularyOf(prompt: (index: number) => number[]): Vocabulary {
  const piece = (token: number) => ` ${token}`;
  return {
    ...{ size: vocabularySize, type: "simulated", addsBos: false, hasChatTemplate: false },
    specials: { bos: undefined, eos: 0, eot: undefined },
    isEog: (token) => token === 0,
    detokenizer: () => ({ push: piece, flush: () => "" }),
    ...{ piece, entry: piece },
    tokenize: (text) => (/^\d+$/.test(text) ? prompt(Number(text)) : [2]),
    isOrdinary: () => true,
    tokenizeInfill: unused,
    tokenizeChat: unused,
  };
}
