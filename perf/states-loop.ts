/**
 * Arguments: model, prompt, tokens, "states" or "none". Plain greedy decoding on specdec's engine,
 * with the target's hidden states or without.
 */

import { libllamaEngine } from "../src/engine/libllama/engine.ts";
import { startRuntime } from "../src/engine/node-llama-cpp/runtime.ts";
import type { EngineOptions } from "../src/engine/port.ts";
import { cpuPair } from "./host.ts";
import { serveRuns } from "./subject.ts";

const [path = "", prompt = "", count = "0", states] = process.argv.slice(2);
const options: EngineOptions = cpuPair(path);
const engine = libllamaEngine(await startRuntime(options), options);
const model = await engine.open({
  path,
  contextSize: 0,
  hiddenStates: states === "states",
  onProgress: () => true,
});
const tokens = await model.vocabulary.tokenize(prompt);

serveRuns(async () => {
  const { sequence } = model;
  await sequence.truncate(0);
  await sequence.evaluate({ tokens: tokens.slice(0, -1), outputs: "none", need: "greedy" });
  let token = tokens.at(-1) as number;
  const step = async (): Promise<number> => {
    const outputs = await sequence.evaluate({ tokens: [token], outputs: "all", need: "greedy" });
    return outputs.topTwo(0).token;
  };
  token = await step();
  const start = performance.now();
  for (let i = 0; i < Number(count); i++) token = await step();
  return { tokens: Number(count), ms: performance.now() - start };
});
