import { describeError } from "../../src/engine/host/host-error.ts";
import { libllamaEngine } from "../../src/engine/libllama/engine.ts";
import { readSoundModel } from "../../src/engine/node-llama-cpp/file-remarks.ts";
import { startRuntime } from "../../src/engine/node-llama-cpp/runtime.ts";
import { openPairOn } from "../../src/engine/open-pair.ts";
import { draftModelChain, type GenerateRequest, type PairOptions } from "../../src/engine/pair.ts";
import { cpuOptions } from "./models.ts";

/** A child process that opens pairs one by one, as an engine host does, but in one llama.cpp. */

/** A pair to open. */
export interface OpenInTurn {
  readonly target: string;
  readonly draft: string;
}

const request: GenerateRequest = {
  ...draftModelChain,
  prompt: { type: "text", text: "def f():" },
  draftLength: 2,
  topK: 1,
  sampler: { temperature: 0, topK: 40, topP: 0.95, minP: 0.05 },
  seed: 1,
  maxTokens: 4,
  stopTexts: [],
  wholeChunks: true,
  eventsEveryMs: 0,
};

const runtime = await startRuntime(cpuOptions);
const engine = { ...libllamaEngine(runtime, cpuOptions), close: () => undefined };

process.on("message", async ({ target, draft }: OpenInTurn) => {
  try {
    await generateWith({ ...cpuOptions, engine: "libllama", target, draft, contextSize: 0 });
    process.send?.({ kind: "ran" });
  } catch (error) {
    process.send?.(describeError(error));
  }
});
process.on("disconnect", () => process.exit(0));
process.send?.({ kind: "ready" });

async function generateWith(options: PairOptions): Promise<void> {
  for (const path of [options.target, options.draft]) await readSoundModel(path as string);
  const pair = await openPairOn({ engine, notices: [] }, options);
  try {
    for await (const _ of pair.generate(request));
  } finally {
    await pair.close();
  }
}
