import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { environmentError } from "../../errors.ts";
import type {
  Engine,
  InspectedModel,
  ModelInfo,
  ModelOptions,
  OpenHeads,
  OpenModel,
} from "../port.ts";
import { fakeChainedHeads, fakeParallelHeads } from "./heads.ts";
import { fakeHeadsInfo, outputTokens, parseFakeHeads } from "./heads-spec.ts";
import { fakeModel } from "./model.ts";
import { FakeSequence } from "./sequence.ts";
import { type FakeModelSpec, parseFakeModel } from "./spec.ts";
import { embeddingVector, fakeWidth, offsetVector, otherToken } from "./states.ts";
import { fakeVocabulary } from "./vocabulary.ts";

const defaultContextSize = 4096;

/** How a fake engine passes time; the default really waits. */
export interface FakeEngineOptions {
  readonly wait?: (ms: number) => void;
  /** False: an engine that evaluates chains only. */
  readonly trees?: boolean;
}

/** A seeded toy model behind the engine port: deterministic, small, and strict about its use. */
export function fakeEngine(options: FakeEngineOptions = {}): Engine {
  const { wait = block, trees = true } = options;
  const maxBranches = trees ? 64 : 0;
  return {
    info: { engine: "fake", release: "fake", backend: "fake", threads: 1, trees },
    inspect: async (path) => inspect(path),
    open: (model) => open(model, wait, maxBranches),
    inspectHeads: async (path) => fakeHeadsInfo(path, parseFakeHeads(path)),
    openHeads: async (path, contextSize) => openHeads(path, { contextSize, wait, maxBranches }),
    close: () => undefined,
  };
}

function inspect(path: string): InspectedModel {
  const spec = parseFakeModel(path);
  return { info: infoOf(path, spec), vocabulary: fakeVocabulary(spec), close: () => undefined };
}

async function open(
  options: ModelOptions,
  wait: (ms: number) => void,
  maxBranches: number,
): Promise<OpenModel> {
  const spec = parseFakeModel(options.path);
  const steps = 10;
  for (let i = 1; i <= steps; i++) {
    if (spec.loadMs > 0) await sleep(spec.loadMs / steps);
    if (!options.onProgress(i / steps)) throw environmentError("aborted", "the load was stopped");
  }
  const capacity = options.contextSize || defaultContextSize;
  return {
    info: infoOf(options.path, spec),
    vocabulary: fakeVocabulary(spec),
    sequence: new FakeSequence({
      ...{ reader: fakeModel(spec), costs: spec, capacity, maxBranches, wait },
      hiddenStates: options.hiddenStates,
      canRollBack: spec.recurrent === 0,
    }),
    close: () => undefined,
  };
}

function openHeads(
  path: string,
  options: { contextSize: number; wait: (ms: number) => void; maxBranches: number },
): OpenHeads {
  const { contextSize: capacity, wait, maxBranches } = options;
  const spec = parseFakeHeads(path);
  const { kind, count, model } = spec;
  const tokens = outputTokens(spec);
  const heads = { language: model, count, tokens };
  const reader = kind === "chained" ? fakeChainedHeads(heads) : fakeParallelHeads(heads);
  return {
    ...{ kind, count, width: fakeWidth, ...(tokens && { tokens }) },
    info: fakeHeadsInfo(path, spec),
    sequence: new FakeSequence({
      ...{ reader, costs: model, capacity, maxBranches, wait },
      hiddenStates: kind === "chained",
    }),
    offset: offsetVector,
    embedding: (token) =>
      embeddingVector(tokens === undefined || tokens.includes(token) ? token : otherToken),
    close: () => undefined,
  };
}

function infoOf(path: string, spec: FakeModelSpec): ModelInfo {
  return {
    file: path,
    sizeBytes: 0,
    headerSha256: createHash("sha256").update(path).digest("hex"),
    name: "fake",
    architecture: "fake",
    quantisation: "F32",
    parameters: spec.vocabularySize ** 2,
    trainedContext: defaultContextSize,
    vocabularySize: spec.vocabularySize,
    embeddingWidth: fakeWidth,
    layers: 0,
    hasChatTemplate: spec.template !== 0,
    canRollBack: spec.recurrent === 0,
  };
}

/** Blocks the thread, as a synchronous decode does. */
function block(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
