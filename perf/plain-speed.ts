import { count, decodeMs, noCounts } from "../src/decoding/metrics.ts";
import { startHost } from "../src/engine/host/client.ts";
import { median } from "../src/statistics.ts";
import { show } from "./figures.ts";
import { cpuPair, greedyRequest } from "./host.ts";
import { residentBytes, type Subject, startSubject } from "./subject.ts";

// A small model falls into a loop here and never ends its text by itself.
const prompt = "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26";
const tokens = 128;
const rounds = 9;

/** Plain decoding by specdec, by a bare loop over llama_decode, and by node-llama-cpp, in turn. */
export async function comparePlain(path: string): Promise<void> {
  const args = [path, prompt, String(tokens)];
  const specdec = await specdecSubject(path);
  const bare = await startSubject("bare loop", "bare-loop.ts", args);
  const evaluate = await startSubject("evaluate()", "evaluate-loop.ts", args);
  const subjects = [specdec, bare, evaluate];
  const speeds = subjects.map((): number[] => []);
  // The first round warms up.
  for (let round = 0; round <= rounds; round++) {
    for (const [i, subject] of subjects.entries()) {
      const run = await subject.run();
      if (run.tokens !== tokens)
        throw new Error(`${subject.name} ended after ${run.tokens} tokens`);
      if (round > 0) speeds[i]?.push((run.tokens / run.ms) * 1000);
    }
  }
  for (const subject of subjects) await subject.close();
  const ratio = (other: number): string => {
    const pairs = speeds[0]?.map((speed, round) => speed / (speeds[other]?.[round] ?? NaN)) ?? [];
    return `×${median(pairs).toFixed(3)} (median of ${pairs.length} pairs, ${Math.min(...pairs).toFixed(3)} to ${Math.max(...pairs).toFixed(3)})`;
  };
  show("Plain decoding, SmolLM2 135M", {
    ...Object.fromEntries(
      subjects.map(({ name }, i) => [name, `${median(speeds[i] ?? []).toFixed(1)} tokens/s`]),
    ),
    "specdec / bare loop": `${ratio(1)}, wanted ≥ 0.97`,
    "specdec / evaluate()": `${ratio(2)}, wanted ≥ 1.2`,
  });
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
