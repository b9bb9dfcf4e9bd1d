/**
 * `npm run perf`: what specdec costs beside what it runs on. Prints ratios of interleaved runs on
 * this machine; no absolute figure here is a promise. Models come from SPECDEC_MODELS.
 */
import { join } from "node:path";
import { measureChat } from "./chat.ts";
import { measureDrafting } from "./drafting.ts";
import { measureHeads } from "./heads.ts";
import { measureMemory } from "./memory.ts";
import { measureOverhead } from "./overhead.ts";
import { comparePlain } from "./plain-speed.ts";
import { measureStart } from "./start.ts";

const folder = process.env.SPECDEC_MODELS;
if (folder === undefined) throw new Error("set SPECDEC_MODELS to a folder with the real models");
const model = (name: string): string => join(folder, `${name}.gguf`);
const smollm = model("smollm2-135m");
const target = model("qwen2.5-coder-1.5b");
const draft = model("qwen2.5-coder-0.5b");
const shipped = (name: string): string => join(import.meta.dirname, "..", "models", name);
const embedded = {
  target: shipped("python-tiny-target.gguf"),
  heads: ["parallel", "chained"].map((kind) => shipped(`python-tiny-${kind}-heads.gguf`)),
};

measureStart();
await comparePlain(smollm);
await measureOverhead({ target, draft });
await measureDrafting();
await measureChat(smollm);
await measureHeads(smollm, embedded);
await measureMemory({ target, draft, small: smollm });
