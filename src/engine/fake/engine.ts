import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { environmentError } from "../../errors.ts";
import type { Engine, InspectedModel, ModelInfo, ModelOptions, OpenModel } from "../port.ts";
import { FakeSequence } from "./sequence.ts";
import { type FakeModelSpec, parseFakeModel } from "./spec.ts";
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
  return {
    info: { engine: "fake", release: "fake", backend: "fake", threads: 1, trees },
    inspect: async (path) => inspect(path),
    open: (model) => open(model, wait, trees ? 64 : 0),
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
    sequence: new FakeSequence({ spec, capacity, maxBranches, wait }),
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
    embeddingWidth: 0,
    layers: 0,
    hasChatTemplate: spec.template !== 0,
    canRollBack: true,
  };
}

/** Blocks the thread, as a synchronous decode does. */
function block(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
