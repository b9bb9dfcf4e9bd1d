import { count, decodeMs, noCounts } from "../src/decoding/metrics.ts";
import { startHost } from "../src/engine/host/client.ts";
import { median } from "../src/statistics.ts";
import { show } from "./figures.ts";
import { cpuPair, greedyRequest } from "./host.ts";
import { countingPrompt, ratioText, speedsByLoad, tokensOfRun } from "./interleaved.ts";
import { residentBytes, type Subject, startSubject } from "./subject.ts";

const names = ["specdec", "bare loop", "evaluate()"] as const;

/** Plain decoding by specdec, by a bare loop over llama_decode, and by node-llama-cpp, in turn. */
export async function comparePlain(path: string): Promise<void> {
  const speeds = await speedsByLoad(() => startAll(path));
  const overall = speeds.map((ofLoads) => median(ofLoads.flat()));
  const perLoad = speeds.map((ofLoads) => ofLoads.map(median));
  const ratio = (other: number): string => {
    const ratios = (perLoad[0] ?? []).map((speed, i) => speed / (perLoad[other]?.[i] ?? NaN));
    return ratioText((overall[0] ?? NaN) / (overall[other] ?? NaN), ratios);
  };
  show("Plain decoding, SmolLM2 135M", {
    ...Object.fromEntries(
      names.map((name, i) => [name, `${(overall[i] ?? NaN).toFixed(1)} tokens/s`]),
    ),
    "specdec / bare loop": `${ratio(1)}, wanted ≥ 0.97`,
    "specdec / evaluate()": `${ratio(2)}, wanted ≥ 1.2`,
  });
}

async function startAll(path: string): Promise<Subject[]> {
  const args = [path, countingPrompt, String(tokensOfRun)];
  return [
    await specdecSubject(path),
    await startSubject("bare loop", "bare-loop.ts", args),
    await startSubject("evaluate()", "evaluate-loop.ts", args),
  ];
}

async function specdecSubject(path: string): Promise<Subject> {
  const pair = await startHost(cpuPair(path));
  return {
    name: "specdec",
    run: async () => {
      let counts = noCounts;
      // The first token comes from the prefill and is not timed.
      for await (const event of pair.generate(greedyRequest(countingPrompt, 0, tokensOfRun + 1))) {
        counts = count(counts, event);
      }
      return { tokens: counts.passTokens, ms: decodeMs(counts) };
    },
    residentBytes: () => residentBytes(pair.pid),
    close: () => pair.close(),
  };
}
