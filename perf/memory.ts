import { startHost } from "../src/engine/host/client.ts";
import { show } from "./figures.ts";
import { cpuPair, greedyRequest } from "./host.ts";
import { residentBytes, startSubject } from "./subject.ts";

const prompt = "# A Python module with a class for two-dimensional vectors.\n";

/** Resident memory of the engine host, beside a bare loop with the same models, and over time. */
export async function measureMemory(paths: {
  target: string;
  draft: string;
  small: string;
}): Promise<void> {
  const bare = await startSubject("bare loop", "bare-loop.ts", [
    paths.target,
    prompt,
    "16",
    paths.draft,
  ]);
  await bare.run();
  const bareBytes = bare.residentBytes();
  await bare.close();
  const pair = await startHost(cpuPair(paths.target, paths.draft));
  await drain(pair.generate(greedyRequest(prompt, 4, 16)));
  const hostBytes = residentBytes(pair.pid);
  await pair.close();
  const growth = await measureGrowth(paths.small, { before: 10, counted: 20 });
  // V8 goes on enlarging its heap for some hundred short generations.
  const toyGrowth = await measureGrowth("fake:end=-100", { before: 1000, counted: 200 });
  show("Resident memory of the engine host", {
    "Qwen pair": megabytes(hostBytes),
    "bare loop, same models": megabytes(bareBytes),
    difference: `${megabytes(hostBytes - bareBytes)}, wanted ≤ 150 MB`,
    "growth over 20 × 32 tokens, SmolLM2": growth,
    "growth over 200 × 32 tokens, fake": toyGrowth,
  });
}

/** Growth over the counted generations; those before them fill heaps and caches. */
async function measureGrowth(
  path: string,
  generations: { readonly before: number; readonly counted: number },
): Promise<string> {
  const engine = path.startsWith("fake:") ? "fake" : "libllama";
  const pair = await startHost({ ...cpuPair(path, path), engine });
  let start = 0;
  for (let i = 0; i < generations.before + generations.counted; i++) {
    if (i === generations.before) start = residentBytes(pair.pid);
    await drain(pair.generate(greedyRequest(`${prompt}${i}`, 4, 32)));
  }
  const growth = residentBytes(pair.pid) - start;
  await pair.close();
  return megabytes(growth);
}

async function drain(events: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of events) {
    // Only the memory is of interest.
  }
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}
