import { setTimeout as sleep } from "node:timers/promises";
import { seededRandom, shuffled } from "../src/decoding/random.ts";
import type { TokenSequence } from "../src/decoding/sequence.ts";
import { libllamaEngine } from "../src/engine/libllama/engine.ts";
import { startRuntime } from "../src/engine/node-llama-cpp/runtime.ts";
import { median } from "../src/statistics.ts";
import { show } from "./figures.ts";
import { cpuPair } from "./host.ts";
import { startSubject } from "./subject.ts";

// A small model goes on counting here and never ends its text by itself.
const prompt = "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26";
const tokens = 64;
const loads = 6;
const rounds = 6;
const pauseMs = 300;
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
  const random = seededRandom(1);
  const ratios: number[] = [];
  for (let load = 0; load < loads; load++) {
    const args = [path, prompt, String(tokens)];
    const subjects = [
      await startSubject("with states", "states-loop.ts", [...args, "states"]),
      await startSubject("without", "states-loop.ts", [...args, "none"]),
    ];
    const times: number[][] = subjects.map(() => []);
    // The first round warms up.
    for (let round = 0; round <= rounds; round++) {
      for (const i of shuffled([...subjects.keys()], random)) {
        await sleep(pauseMs);
        const run = await subjects[i]?.run();
        if (round > 0 && run !== undefined) times[i]?.push(run.ms);
      }
    }
    for (const subject of subjects) await subject.close();
    ratios.push(median(times[1] ?? []) / median(times[0] ?? []));
  }
  const [low, high] = [Math.min(...ratios), Math.max(...ratios)];
  show("Plain decoding with the hidden state of every output, SmolLM2 135M", {
    "speed with / without": `×${median(ratios).toFixed(3)} (${loads} loads: ${low.toFixed(3)} to ${high.toFixed(3)}), wanted ≥ 0.98`,
  });
}

export async function measureSteps(target: string, heads: readonly string[]): Promise<void> {
  const options = cpuPair(target);
  const engine = libllamaEngine(await startRuntime(options), options);
  const onProgress = () => true;
  const model = await engine.open({ path: target, contextSize: 0, hiddenStates: true, onProgress });
  const plainMs = await stepMs(model.sequence);
  const figures: Record<string, string> = { "a plain step": `${plainMs.toFixed(2)} ms` };
  for (const path of heads) {
    const opened = await engine.openHeads(path, 512);
    const { kind, count, file } = opened.info;
    const inputs = [new Float32Array(opened.width).fill(1)];
    const rows = kind === "parallel" ? count : 1;
    const ms = await stepMs(opened.sequence, inputs, rows);
    const what = kind === "parallel" ? `all ${count} heads` : "one head";
    figures[`${file}, ${what}`] = `${ms.toFixed(2)} ms, ${(ms / plainMs).toFixed(2)} plain steps`;
    await opened.close();
  }
  await model.close();
  await engine.close();
  show("Steps of the embedded target and of its draft heads", figures);
}

/** Median time of an evaluation of so many rows that do not see each other, with its logits read. */
async function stepMs(
  sequence: TokenSequence,
  inputs?: readonly Float32Array[],
  rows = 1,
): Promise<number> {
  const times: number[] = [];
  const shape = {
    tokens: Array.from({ length: rows }, () => 0),
    ...(rows > 1 && { parents: Array.from({ length: rows }, () => -1) }),
    ...(inputs && { inputs: Array.from({ length: rows }, () => inputs[0] as Float32Array) }),
  };
  for (let step = 0; step < steps; step++) {
    const held = sequence.tokens.length;
    const start = performance.now();
    const outputs = await sequence.evaluate({ ...shape, outputs: "all", need: "greedy" });
    for (let i = 0; i < rows; i++) outputs.topTwo(i);
    times.push(performance.now() - start);
    if (rows > 1) await sequence.keep([]);
    if (held >= 200) await sequence.truncate(0);
  }
  return median(times);
}
