/** Arguments: model, prompt, tokens. node-llama-cpp's own evaluate(), as its users call it. */
import { getLlama, LlamaLogLevel } from "node-llama-cpp";
import { serveRuns } from "./subject.ts";

const [path = "", prompt = "", count = "0"] = process.argv.slice(2);

// As many threads as specdec takes: the default is 4 on a machine with fewer cores, and crawls.
const llama = await getLlama({
  gpu: false,
  build: "never",
  logLevel: LlamaLogLevel.error,
  maxThreads: 0,
});
const model = await llama.loadModel({ modelPath: path });
const context = await model.createContext({ contextSize: 4096, threads: llama.cpuMathCores });
const sequence = context.getSequence();
const tokens = model.tokenize(prompt);

serveRuns(async () => {
  await sequence.clearHistory();
  let start = 0;
  let decoded = -1;
  for await (const _ of sequence.evaluate(tokens, { temperature: 0, yieldEogToken: true })) {
    // The first token is the prefill's.
    if (++decoded === 0) start = performance.now();
    if (decoded === Number(count)) break;
  }
  return { tokens: decoded, ms: performance.now() - start };
});
