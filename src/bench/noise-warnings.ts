import { defaultNoiseMargin, sharedThreads } from "./noise.ts";
import type { Noise } from "./noise-schema.ts";
import type { BenchWarning, CellReport } from "./report.ts";
import { verdictOf } from "./verdict.ts";

/** What of the machine's noise is worth a warning. */
const limits = {
  /** Change of plain's speed over the bench, and the chance of it without a drift. */
  drift: { change: 0.05, p: 0.01 },
  /** Cores that the engine's threads had to share, by thread. */
  shared: 0.1,
  /** Share of the time that single passes stood still. */
  stalls: 0.02,
  /** Outliers that are told by name. */
  named: 3,
};

/** What a reader should know of the machine while the bench ran. */
export function noiseWarnings(noise: Noise, cells: readonly CellReport[]): BenchWarning[] {
  return [
    ...againWarnings(cells),
    ...outlierWarnings(noise),
    ...stallWarnings(noise),
    ...driftWarnings(noise),
    ...loadWarnings(noise),
  ];
}

function againWarnings(cells: readonly CellReport[]): BenchWarning[] {
  return cells.flatMap(({ again, temp, summary }) => {
    const speedup = summary?.speedup;
    if (!again || !speedup || verdictOf(speedup, defaultNoiseMargin) === "undecided") return [];
    const { estimate, low, high } = speedup;
    return [
      {
        code: "aa-decided",
        text: `plain seems to run at ×${estimate.toFixed(2)} [${low?.toFixed(2)}, ${high?.toFixed(2)}] of itself at temperature ${temp}`,
        hint: "Nothing below that difference is to be believed. Look for what runs beside the bench.",
      },
    ];
  });
}

function outlierWarnings({ outliers }: Noise): BenchWarning[] {
  if (outliers.length === 0) return [];
  const worst = [...outliers].sort((a, b) => Math.abs(b.deviation) - Math.abs(a.deviation));
  const named = worst
    .slice(0, limits.named)
    .map(
      ({ cell, prompt, repetition, deviation }) =>
        `${cell} on ${prompt}, repetition ${repetition + 1} (${percent(deviation)})`,
    );
  const more = outliers.length - named.length;
  const rest = more > 0 ? [`${more} more`] : [];
  const runs = outliers.length === 1 ? "run is" : "runs are";
  return [
    {
      code: "outliers",
      text: `${outliers.length} ${runs} far from the others of the same cell and prompt: ${[...named, ...rest].join(", ")}`,
      hint: "They count all the same. Close other programs, or raise --reps so that they weigh less.",
    },
  ];
}

function stallWarnings({ stallShare }: Noise): BenchWarning[] {
  if (stallShare < limits.stalls) return [];
  return [
    {
      code: "stalls",
      text: `${(stallShare * 100).toFixed(1)}% of the time went into single passes that stood still`,
      hint: "Something takes the cores away for moments. Close other programs, or give fewer --threads.",
    },
  ];
}

function driftWarnings({ drift }: Noise): BenchWarning[] {
  if (drift === null || drift.p >= limits.drift.p) return [];
  if (Math.abs(drift.change) < limits.drift.change) return [];
  const slower = drift.change < 0;
  return [
    {
      code: "drift",
      text: `plain decoding became ${(Math.abs(drift.change) * 100).toFixed(1)}% ${slower ? "slower" : "faster"} from the first run to the last`,
      hint: slower
        ? "A hot machine slows down. Speedups are paired and mostly spared; let it cool, or give fewer --threads."
        : "Speedups are paired and mostly spared; raise --warmup, and see what ran beside the first runs.",
    },
  ];
}

function loadWarnings({ load }: Noise): BenchWarning[] {
  if (load === null) return [];
  const { others, cores, threads } = load;
  if (sharedThreads(load) <= limits.shared * threads) return [];
  return [
    {
      code: "busy-machine",
      text: `other programs kept at least ${others.toFixed(1)} of ${cores} cores busy, and the engine has ${threads} thread${threads === 1 ? "" : "s"}`,
      hint: "Close them, or give fewer --threads: one slow thread holds up all the others.",
    },
  ];
}

function percent(share: number): string {
  return `${share < 0 ? "-" : "+"}${Math.round(Math.abs(share) * 100)}%`;
}
