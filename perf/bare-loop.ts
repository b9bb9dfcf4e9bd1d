/**
 * Arguments: model, prompt, tokens, [second model to load and leave alone]. A loop of llama_decode
 * and argmax and nothing else: what plain decoding can reach at most through this binding.
 */
import { argmax } from "../src/decoding/logits.ts";
import {
  type Bindings,
  floatsAt,
  openBindings,
  type Pointer,
} from "../src/engine/libllama/bindings.ts";
import { layoutOf } from "../src/engine/libllama/layout.ts";
import { NativeBatch } from "../src/engine/libllama/native-batch.ts";
import { startRuntime } from "../src/engine/node-llama-cpp/runtime.ts";
import { serveRuns } from "./subject.ts";

const [path = "", prompt = "", count = "0", other] = process.argv.slice(2);
const contextSize = 4096;

const runtime = await startRuntime({
  gpu: "off",
  gpuLayers: 0,
  threads: 0,
  mmap: true,
  flashAttention: "auto",
});
const layout = layoutOf(runtime.release);
if (layout === undefined || runtime.libraryPath === undefined) throw new Error("cannot bind");
const bindings = openBindings(runtime.libraryPath, layout);
const { model, context } = open(bindings, path);
if (other !== undefined) open(bindings, other);
const vocab = bindings.modelVocab(model);
const vocabularySize = bindings.vocabSize(vocab);
const tokens = tokenize(prompt);
const batch = new NativeBatch(512, 1);
const sequences = [0];

serveRuns(() => {
  bindings.memoryRemove(bindings.memory(context), 0, -1, -1);
  batch.clear();
  tokens.forEach((token, position) => {
    batch.add({ token, position, sequences, output: position === tokens.length - 1 });
  });
  let token = decode(tokens.length - 1);
  const start = performance.now();
  for (let i = 0; i < Number(count); i++) {
    batch.clear();
    batch.add({ token, position: tokens.length + i, sequences, output: true });
    token = decode(0);
  }
  return { tokens: Number(count), ms: performance.now() - start };
});

function open(native: Bindings, file: string): { model: Pointer; context: Pointer } {
  const loaded = native.modelLoad(file, native.modelDefaultParams());
  if (loaded === null) throw new Error(`cannot load ${file}`);
  const opened = native.contextInit(loaded, {
    ...native.contextDefaultParams(),
    n_ctx: contextSize,
    n_threads: runtime.threads,
    n_threads_batch: runtime.threads,
  });
  if (opened === null) throw new Error(`no context for ${file}`);
  return { model: loaded, context: opened };
}

function decode(output: number): number {
  const status = bindings.decode(context, batch.struct);
  if (status !== 0) throw new Error(`llama_decode failed with ${status}`);
  return argmax(floatsAt(bindings.logits(context, output) as Pointer, vocabularySize));
}

function tokenize(text: string): number[] {
  const bytes = new TextEncoder().encode(text);
  const out = new Int32Array(bytes.length + 8);
  const length = bindings.tokenize(vocab, bytes, bytes.length, out, out.length, true, false);
  return Array.from(out.subarray(0, length));
}
