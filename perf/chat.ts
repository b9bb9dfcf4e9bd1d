import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { GenerateEvent } from "../src/decoding/events.ts";
import { count, noCounts, tokensPerSecond } from "../src/decoding/metrics.ts";
import { startHost } from "../src/engine/host/client.ts";
import type { GenerateRequest, Pair } from "../src/engine/pair.ts";
import type { ChatMessage } from "../src/engine/port.ts";
import { median } from "../src/statistics.ts";
import { specdecBin } from "../test/support/cli.ts";
import { TestTerminal } from "../test/support/terminal.ts";
import { show } from "./figures.ts";
import { cpuPair, greedyRequest } from "./host.ts";

const question = "Write a long story about a lighthouse, a storm and a lost ship.";
/** Fewer than the model has to say. */
const tokens = 192;
/** Where a load puts the weights in memory makes 5 %, so each run is a load of its own. */
const loads = 8;
const pauseMs = 300;
const conversations = 9;
/** Whatever it says, it costs the same. */
const anyToken = 300;

/** What drawing takes from decoding, and how long the first token of a second turn takes. */
export async function measureChat(model: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "specdec-perf-"));
  const flags = ["--target", model, "--temp", "0", "--max-tokens", String(tokens), "--gpu", "off"];
  const speeds: { chat: number[]; generate: number[] } = { chat: [], generate: [] };
  try {
    for (let load = 0; load < loads; load++) {
      const chat = async () =>
        speeds.chat.push(await chatSpeed(flags, join(folder, `${load}.json`)));
      const generate = async () => speeds.generate.push(await generateSpeed(flags));
      for (const run of load % 2 === 0 ? [chat, generate] : [generate, chat]) {
        await run();
        await sleep(pauseMs);
      }
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  const [chat, generate] = [median(speeds.chat), median(speeds.generate)];
  show("Drawing a chat, SmolLM2 135M", {
    chat: `${chat.toFixed(1)} tokens/s`,
    generate: `${generate.toFixed(1)} tokens/s`,
    "chat / generate": `×${(chat / generate).toFixed(3)} (${loads} loads each), wanted ≥ 0.98`,
  });
  show("Second turn of a chat, SmolLM2 135M", await secondTurn(model));
}

/** Asks once on a screen of 80 × 24, and reads the events from what /save writes. */
async function chatSpeed(flags: readonly string[], file: string): Promise<number> {
  const terminal = new TestTerminal();
  try {
    terminal.enter(`specdec chat ${flags.join(" ")}`);
    await terminal.until(/\/help/);
    terminal.type(`${question}\r`);
    await terminal.until(/tok(?:ens)?\/s[\s\S]*tok(?:ens)?\/s/);
    await terminal.until(new RegExp(`${tokens} tokens`));
    terminal.type(`/save ${file}\r`);
    await terminal.until(/saved/);
  } finally {
    terminal.close();
  }
  const { turns } = JSON.parse(readFileSync(file, "utf8"));
  return speedOf(turns[0].answer.events);
}

async function generateSpeed(flags: readonly string[]): Promise<number> {
  const args = [specdecBin, "generate", ...flags, "--json", question];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "ignore"] });
  let text = "";
  for await (const chunk of child.stdout.setEncoding("utf8")) text += chunk;
  return speedOf(
    text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line)),
  );
}

function speedOf(events: readonly GenerateEvent[]): number {
  const counts = events.reduce(count, noCounts);
  if (counts.tokens !== tokens) throw new Error(`an answer ended after ${counts.tokens} tokens`);
  return tokensPerSecond(counts);
}

/**
 * A second turn, and then as many tokens as were new in it, handed over as tokens behind the same
 * cache: what evaluating only the new ones takes.
 */
async function secondTurn(model: string): Promise<Record<string, string>> {
  const pair = await startHost(cpuPair(model));
  const base = { ...greedyRequest("", 0, 64), wholeChunks: false };
  const turns: number[] = [];
  const bare: number[] = [];
  for (let i = 0; i < conversations; i++) {
    const asked: ChatMessage[] = [
      { role: "user", content: `Tell me a story about ${i + 2} cats.` },
    ];
    const first = await run(pair, { ...base, prompt: { type: "chat", messages: asked } });
    const messages: ChatMessage[] = [
      ...asked,
      { role: "assistant", content: first.text },
      { role: "user", content: "And what did the dog say to them in the end?" },
    ];
    const prompt = { type: "chat", messages } as const;
    const second = await run(pair, { ...base, prompt, maxTokens: 1 });
    turns.push(second.firstTokenMs);
    const begun = new Array<number>(second.evaluated).fill(anyToken);
    const same = await run(pair, { ...base, prompt: { ...prompt, begun }, maxTokens: 1 });
    if (same.evaluated !== second.evaluated) throw new Error("the cache was lost");
    bare.push(same.firstTokenMs);
  }
  await pair.close();
  return {
    "first token": `${median(turns).toFixed(1)} ms`,
    "only its new tokens": `${median(bare).toFixed(1)} ms`,
    ratio: `×${(median(turns) / median(bare)).toFixed(2)}, wanted ≤ 1.1`,
  };
}

async function run(pair: Pair, request: GenerateRequest) {
  let [text, firstTokenMs, evaluated] = ["", 0, 0];
  for await (const event of pair.generate(request)) {
    if (event.type === "prefill" && event.model === "target") {
      evaluated = event.total - event.reused;
    }
    if (event.type === "first-token") firstTokenMs = event.ms;
    if ("emitted" in event) text += event.emitted.map((token) => token.text).join("");
    if (event.type === "done") text += event.text;
  }
  return { text, firstTokenMs, evaluated };
}
