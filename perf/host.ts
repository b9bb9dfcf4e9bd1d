import { draftModelChain, type GenerateRequest, type PairOptions } from "../src/engine/pair.ts";

/** A pair as the perf runs load it: on the CPU, whatever else is there. */
export function cpuPair(target: string, draft?: string): PairOptions {
  return {
    engine: "libllama",
    target,
    ...(draft !== undefined && { draft }),
    contextSize: 0,
    gpu: "off",
    gpuLayers: 0,
    threads: 0,
    mmap: true,
    flashAttention: "auto",
  };
}

/** Greedy decoding of a text of so many tokens, as a bench asks for it. */
export function greedyRequest(
  text: string,
  draftLength: number,
  maxTokens: number,
): GenerateRequest {
  return {
    ...draftModelChain,
    prompt: { type: "text", text },
    draftLength,
    topK: 10,
    sampler: { temperature: 0, topK: 40, topP: 0.95, minP: 0.05 },
    seed: 1,
    maxTokens,
    stopTexts: [],
    wholeChunks: true,
    eventsEveryMs: Number.POSITIVE_INFINITY,
  };
}
