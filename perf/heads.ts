import type { TokenSequence } from "../src/decoding/sequence.ts";
import { libllamaEngine } from "../src/engine/libllama/engine.ts";
import { startRuntime } from "../src/engine/node-llama-cpp/runtime.ts";
import { median } from "../src/statistics.ts";
import { show } from "./figures.ts";
import { cpuPair } from "./host.ts";
import { countingPrompt, ratioText, speedsByLoad, tokensOfRun } from "./interleaved.ts";
import { startSubject } from "./subject.ts";

const steps = 200;

/** A target with the files of its heads. */
export interface HeadsSubject {
  readonly target: string;
  readonly heads: readonly string[];
}

/** What hidden states cost a target that gives them, and what a step of draft heads takes. */
export async function measureHeads(model: string, { target, heads }: HeadsSubject): Promise<void> {
  await compareStates(model);
  await measureSteps(target, heads);
}

async function compareStates(path: string): Promise<void> {
  const args = [path, countingPrompt, String(tokensOfRun)];
  const speeds = await speedsByLoad(async () => [
    await startSubject("with states", "states-loop.ts", [...args, "states"]),
    await startSubject("without", "states-loop.ts", [...args, "none"]),
  ]);
  const [withStates = [], without = []] = speeds.map((ofLoads) => ofLoads.map(median));
  const ratios = withStates.map((speed, load) => speed / (without[load] ?? NaN));
  show("Plain decoding with the hidden state of every output, SmolLM2 135M", {
    "speed with / without": `${ratioText(median(ratios), ratios)}, wanted ≥ 0.98`,
  });
}

async function measureSteps(target: string, heads: readonly string[]): Promise<void> {
  const options = cpuPair(target);
  const engine = libllamaEngine(await startRuntime(options), options);
  const onProgress = () => true;
  const model = await engine.open({ path: target, contextSize: 0, hiddenStates: true, onProgress });
  const plainMs = await stepMs(model.sequence);
  const figures: Record<string, string> = { "a plain step": `${plainMs.toFixed(2)} ms` };
  for (const path of heads) {
    const opened = await engine.openHeads(path, 512);
    const { kind, count, file } = opened.info;
    const input = new Float32Array(opened.width).fill(1);
    const rows = kind === "parallel" ? count : 1;
    const ms = await stepMs(
      opened.sequence,
      Array.from({ length: rows }, () => input),
    );
    const what = kind === "parallel" ? `all ${count} heads` : "one head";
    figures[`${file}, ${what}`] = `${ms.toFixed(2)} ms, ${(ms / plainMs).toFixed(2)} plain steps`;
    await opened.close();
  }
  await model.close();
  await engine.close();
  show("Steps of the embedded target and of its draft heads", figures);
}

/**
 * Median time of an evaluation of one token, or of vectors that do not see each other, with its logits
 * read.
 */
async function stepMs(sequence: TokenSequence, inputs?: readonly Float32Array[]): Promise<number> {
  const rows = inputs?.length ?? 1;
  const tokens = new Array<number>(rows).fill(0);
  const parents = rows > 1 ? new Array<number>(rows).fill(-1) : undefined;
  const batch = { tokens, ...(parents && { parents }), ...(inputs && { inputs }) };
  const times: number[] = [];
  for (let step = 0; step < steps; step++) {
    const held = sequence.tokens.length;
    const start = performance.now();
    const outputs = await sequence.evaluate({ ...batch, outputs: "all", need: "greedy" });
    for (let i = 0; i < rows; i++) outputs.topTwo(i);
    times.push(performance.now() - start);
    if (rows > 1) await sequence.keep([]);
    if (held >= 200) await sequence.truncate(0);
  }
  return median(times);
}
