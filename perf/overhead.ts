import { type Counts, count, decodeMs, noCounts } from "../src/decoding/metrics.ts";
import { startHost } from "../src/engine/host/client.ts";
import { median } from "../src/statistics.ts";
import { show } from "./figures.ts";
import { cpuPair, greedyRequest } from "./host.ts";

const prompt = "# A Python module with a class for two-dimensional vectors.\n";
const tokens = 48;
const repetitions = 3;

/** What a pass spends outside the two models, on a vocabulary of 151,936 tokens. */
export async function measureOverhead(paths: { target: string; draft: string }): Promise<void> {
  const pair = await startHost(cpuPair(paths.target, paths.draft));
  const figures: Record<string, string> = {};
  for (const draftLength of [0, 1, 4]) {
    const shares: number[] = [];
    for (let i = 0; i < repetitions; i++) {
      let counts: Counts = noCounts;
      for await (const event of pair.generate(greedyRequest(prompt, draftLength, tokens))) {
        counts = count(counts, event);
      }
      shares.push(counts.overheadMs / decodeMs(counts));
    }
    figures[`draft length ${draftLength}`] =
      `${(median(shares) * 100).toFixed(2)} % of a pass, wanted ≤ 3 %`;
  }
  await pair.close();
  show("Overhead outside the models, Qwen2.5-Coder 1.5B + 0.5B", figures);
}
