import { type Counts, count, noCounts, tokensPerSecond } from "../decoding/metrics.ts";
import { defaultSampler } from "../decoding/sampler.ts";
import { startHost } from "../engine/host/client.ts";
import {
  draftModelChain,
  type GenerateRequest,
  type Pair,
  type PairInfo,
  type PairOptions,
} from "../engine/pair.ts";
import { environmentError } from "../errors.ts";
import { formatRate } from "../reports/format.ts";
import { embeddedPair, missingOf } from "./embedded-pair.ts";
import type { Check, Fact } from "./finding.ts";

/** Text that any model continues, instruct or not. */
const request: GenerateRequest = {
  ...draftModelChain,
  prompt: { type: "text", text: "def fibonacci(n):\n" },
  draftLength: 4,
  topK: 10,
  sampler: { ...defaultSampler, temperature: 0 },
  seed: 1,
  maxTokens: 10,
  stopTexts: [],
  wholeChunks: false,
  eventsEveryMs: Number.POSITIVE_INFINITY,
};

/** Loads a pair as every command does and lets it write ten tokens speculatively. */
export function checkTrial(options: PairOptions): Check {
  return {
    name: "trial",
    run: async (signal) => {
      const isEmbedded = options.target === embeddedPair.target;
      if (isEmbedded && missingOf(Object.values(embeddedPair)).length > 0) throw noPair();
      const start = performance.now();
      const pair = await startHost(options, { signal });
      const loadMs = performance.now() - start;
      try {
        const counts = await generate(pair, signal);
        return { facts: [...pairFacts(pair.info, loadMs), ...countFacts(counts)] };
      } finally {
        await pair.close();
      }
    },
  };
}

function noPair(): Error {
  return environmentError(
    "no-pair",
    "there is no embedded pair to try",
    "Name a pair with --target and --draft, or install specdec again.",
  );
}

async function generate(pair: Pair, signal: AbortSignal): Promise<Counts> {
  let counts = noCounts;
  for await (const event of pair.generate(request, signal)) counts = count(counts, event);
  signal.throwIfAborted();
  return counts;
}

function pairFacts({ target, draft }: PairInfo, loadMs: number): Fact[] {
  return [
    { key: "target", label: "target", value: target.file },
    { key: "draft", label: "draft", value: draft?.file ?? "none" },
    {
      key: "loadMs",
      label: "loaded in",
      value: Math.round(loadMs),
      text: `${(loadMs / 1000).toFixed(1)} s`,
    },
  ];
}

function countFacts(counts: Counts): Fact[] {
  const { tokens, drafted, accepted } = counts;
  return [
    { key: "tokens", label: "tokens", value: tokens },
    { key: "drafted", label: "drafted", value: drafted },
    { key: "accepted", label: "accepted", value: accepted },
    ...(counts.passes === 0 ? [] : [speedFact(tokensPerSecond(counts))]),
  ];
}

function speedFact(rate: number): Fact {
  return {
    key: "tokensPerSecond",
    label: "speed",
    value: rate,
    text: `${formatRate(rate)} tokens/s (too short a run to judge the pair by)`,
  };
}
