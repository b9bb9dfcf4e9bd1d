import {
  draftModelChain,
  type GenerateRequest,
  type PairOptions,
} from "../../../src/engine/pair.ts";
import { greedy } from "../../support/fake.ts";

/** How a fake pair is opened, but for its models. */
export const fakeOptions: Omit<PairOptions, "target"> = {
  engine: "fake",
  contextSize: 256,
  gpu: "off",
  gpuLayers: 0,
  threads: 1,
  mmap: true,
  flashAttention: "auto",
};

/** Forty tokens of plain decoding. */
export const plain: GenerateRequest = {
  ...draftModelChain,
  prompt: { type: "text", text: "What is it?" },
  draftLength: 0,
  topK: 1,
  sampler: greedy,
  seed: 1,
  maxTokens: 40,
  stopTexts: [],
  wholeChunks: false,
  eventsEveryMs: 0,
};
