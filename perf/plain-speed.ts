import { setTimeout as sleep } from "node:timers/promises";
import { count, decodeMs, noCounts } from "../src/decoding/metrics.ts";
import { seededRandom, shuffled } from "../src/decoding/random.ts";
import { startHost } from "../src/engine/host/client.ts";
import { median } from "../src/statistics.ts";
import { show } from "./figures.ts";
import { cpuPair, greedyRequest } from "./host.ts";
import { residentBytes, type Subject, type SubjectRun, startSubject } from "./subject.ts";

// A small model goes on counting here and never ends its text by itself.
const prompt = "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26";
const tokens = 64;
/** Where a load puts the weights in memory makes 5 %, so one load of each proves nothing. */
const loads = 6;
const rounds = 6;
/** Worker threads spin on for a while after a run, and would take a core from the next. */
const pauseMs = 300;

const names = ["specdec", "bare loop", "evaluate()"] as const;

/** Plain decoding by specdec, by a bare loop over llama_decode, and by node-llama-cpp, in turn. */
export async function comparePlain(path: string): Promise<void> {
  const random = seededRandom(1);
  const speeds: number[][] = names.map(() => []);
  const perLoad: number[][] = names.map(() => []);
  for (let load = 0; load < loads; load++) {
    const ofLoad: number[][] = names.map(() => []);
    const subjects = await startAll(path);
    // The first round warms up.
    for (let round = 0; round <= rounds; round++) {
      for (const i of shuffled([...subjects.keys()], random)) {
        await sleep(pauseMs);
        const { ms } = await checked(subjects[i] as Subject);
        if (round > 0) ofLoad[i]?.push((tokens / ms) * 1000);
      }
    }
    for (const subject of subjects) await subject.close();
    ofLoad.forEach((values, i) => {
      speeds[i]?.push(...values);
      perLoad[i]?.push(median(values));
    });
  }
  const ratio = (other: number): string => {
    const ratios = (perLoad[0] ?? []).map((speed, i) => speed / (perLoad[other]?.[i] ?? NaN));
    const [low, high] = [Math.min(...ratios), Math.max(...ratios)];
    const overall = median(speeds[0] ?? []) / median(speeds[other] ?? []);
    return `×${overall.toFixed(3)} (${loads} loads: ${low.toFixed(3)} to ${high.toFixed(3)})`;
  };
  show("Plain decoding, SmolLM2 135M", {
    ...Object.fromEntries(
      names.map((name, i) => [name, `${median(speeds[i] ?? []).toFixed(1)} tokens/s`]),
    ),
    "specdec / bare loop": `${ratio(1)}, wanted ≥ 0.97`,
    "specdec / evaluate()": `${ratio(2)}, wanted ≥ 1.2`,
  });
}

async function startAll(path: string): Promise<Subject[]> {
  const args = [path, prompt, String(tokens)];
  return [
    await specdecSubject(path),
    await startSubject("bare loop", "bare-loop.ts", args),
    await startSubject("evaluate()", "evaluate-loop.ts", args),
  ];
}

async function checked(subject: Subject): Promise<SubjectRun> {
  const run = await subject.run();
  if (run.tokens === tokens) return run;
  throw new Error(`${subject.name} ended after ${run.tokens} tokens`);
}

async function specdecSubject(path: string): Promise<Subject> {
  const pair = await startHost(cpuPair(path));
  return {
    name: "specdec",
    run: async () => {
      let counts = noCounts;
      // The first token comes from the prefill and is not timed.
      for await (const event of pair.generate(greedyRequest(prompt, 0, tokens + 1))) {
        counts = count(counts, event);
      }
      return { tokens: counts.passTokens, ms: decodeMs(counts) };
    },
    residentBytes: () => residentBytes(pair.pid),
    close: () => pair.close(),
  };
}
