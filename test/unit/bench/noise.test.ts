import { describe, expect, it } from "vitest";
import { driftOf } from "../../../src/bench/drift.ts";
import { type CpuTimes, LoadMeter } from "../../../src/bench/machine-load.ts";
import { marginOf, noiseOf } from "../../../src/bench/noise.ts";
import type { Noise } from "../../../src/bench/noise-schema.ts";
import { noiseWarnings } from "../../../src/bench/noise-warnings.ts";
import { outliersOf } from "../../../src/bench/outliers.ts";
import type { CellReport, Sample } from "../../../src/bench/report.ts";
import { stallMs } from "../../../src/bench/stalls.ts";
import type { Pair } from "../../../src/engine/pair.ts";
import { cell, record } from "./support/records.ts";
import { virtualPair } from "./support/virtual-pair.ts";

const plainCell = { id: "plain-t0", method: "plain", drafter: "none", draftLen: 0 } as const;

/** Plain with runs of these times, one prompt after the other. */
function plain(...msByPrompt: readonly (readonly number[])[]): CellReport {
  const samples: Sample[] = [];
  for (let repetition = 0; repetition < (msByPrompt[0]?.length ?? 0); repetition++) {
    for (const [i, times] of msByPrompt.entries()) {
      const decodeMs = times[repetition] as number;
      samples.push(record({ prompt: `p${i}`, repetition, decodeMs }).sample);
    }
  }
  return { ...cell(plainCell), state: "done", samples, summary: null, warnings: [] };
}

const quiet: Noise = {
  margin: 0.01,
  measured: false,
  outliers: [],
  stallShare: 0,
  drift: null,
  load: null,
};
const codes = (noise: Partial<Noise>, cells: readonly CellReport[] = []) =>
  noiseWarnings({ ...quiet, ...noise }, cells).map(({ code, text }) => `${code}: ${text}`);

describe("outliersOf", () => {
  it("finds a run that is far from its cell and prompt, however slow the prompt", () => {
    const steady = plain([100, 101, 99], [300, 302, 297], [50, 50.6, 49.5], [80, 160, 81]);
    expect(outliersOf([steady])).toEqual([
      { cell: "plain-t0", prompt: "p3", repetition: 1, deviation: expect.closeTo(81 / 160 - 1, 6) },
    ]);
  });

  it("takes wide noise for what it is", () => {
    expect(outliersOf([plain([100, 130, 80], [90, 120, 75], [100, 82, 133])])).toEqual([]);
  });

  it("does not call a deviation of a few hundredths one, however steady the rest", () => {
    expect(outliersOf([plain([100, 100, 100], [100, 100.01, 100], [100, 104, 100])])).toEqual([]);
  });

  it("looks at plain alone where repetitions differ in what they do", () => {
    const odd = plain([100, 101, 99], [100, 101, 200], [99, 100, 101]);
    expect(outliersOf([{ ...odd, temp: 0.8 }])).toHaveLength(1);
    expect(outliersOf([{ ...odd, method: "speculative", temp: 0.8 }])).toEqual([]);
    expect(outliersOf([{ ...odd, method: "speculative", adaptive: true }])).toEqual([]);
    expect(outliersOf([{ ...odd, method: "baseline", baseline: "draft" }])).toEqual([]);
  });

  it("needs three repetitions", () => {
    expect(outliersOf([plain([100, 500], [100, 101])])).toEqual([]);
  });
});

describe("driftOf", () => {
  /** Four prompts of unlike length, three repetitions, each run slower than the last by `share`. */
  const drifting = (share: number, noise: readonly number[] = [0]) => {
    let run = 0;
    const times = Array.from({ length: 3 }, () =>
      [100, 300, 80, 150].map((ms) => {
        const odd = noise[run % noise.length] as number;
        return ms * (1 + share * run++ + odd);
      }),
    );
    return plain(...[0, 1, 2, 3].map((i) => times.map((each) => each[i] as number)));
  };

  it("finds how much slower plain became", () => {
    const drift = driftOf([drifting(0.02)]);
    // The last of twelve runs takes 22% more time than the first.
    expect(drift?.change).toBeCloseTo(1 / 1.22 - 1, 1);
    expect(drift?.p).toBeLessThan(0.01);
  });

  it("finds none in noise", () => {
    const drift = driftOf([drifting(0, [0.02, -0.03, 0.01, 0.03, -0.02])]);
    expect(drift?.p).toBeGreaterThan(0.05);
  });

  it("takes eight runs and a second repetition", () => {
    expect(driftOf([plain([100, 110], [100, 110])])).toBeNull();
    const once = plain(...Array.from({ length: 12 }, (_, i) => [100 + i]));
    expect(driftOf([once])).toBeNull();
  });
});

describe("stallMs", () => {
  const passes = (size: number, ...times: readonly number[]) => times.map((ms) => ({ size, ms }));

  it("is the time of passes that took many times those of their size", () => {
    expect(stallMs([...passes(0, 10, 11, 10, 100, 9, 10), ...passes(8, 60, 61, 60, 62, 60)])).toBe(
      90,
    );
  });

  it("does not judge a size that is rare", () => {
    expect(stallMs(passes(0, 10, 10, 10, 1000))).toBe(0);
  });
});

describe("LoadMeter", () => {
  /** A pair whose process, and a machine whose cores, count as told. */
  async function loadOf(others: number, own: number, pairBusy: number, seconds = 4) {
    const base = await virtualPair();
    let pairMs = 0;
    let times: CpuTimes = { busyMs: 5000, ownMs: 100, cores: 4, nowMs: 0 };
    const pair: Pair = { ...base, cpuMs: async () => pairMs };
    const meter = new LoadMeter(pair, () => times);
    await meter.start();
    pairMs += 1000 * seconds * pairBusy;
    times = {
      busyMs: times.busyMs + 1000 * seconds * (others + own + pairBusy),
      ownMs: times.ownMs + 1000 * seconds * own,
      cores: 4,
      nowMs: 1000 * seconds,
    };
    await meter.stop();
    return meter.load();
  }

  it("is what others keep busy, without this program and the engine", async () => {
    expect(await loadOf(1.5, 0.1, 2)).toEqual({
      others: expect.closeTo(1.5, 9),
      cores: 4,
      threads: 1,
    });
    expect(await loadOf(0, 0.1, 2)).toMatchObject({ others: expect.closeTo(0, 9) });
    expect(await loadOf(1.5, 0.1, 2, 2)).toBeNull();
  });

  it("leaves out what is measured beside the pair, where that tells", async () => {
    const loadBeside = async (tells: boolean) => {
      let pairMs = 0;
      let besideMs = 0;
      let times: CpuTimes = { busyMs: 0, ownMs: 0, cores: 2, nowMs: 0 };
      const pair: Pair = { ...(await virtualPair()), cpuMs: async () => pairMs };
      const beside = tells ? { cpuMs: async () => besideMs } : {};
      const meter = new LoadMeter(pair, () => times, [beside]);
      await meter.start();
      [pairMs, besideMs] = [3000, 4000];
      times = { ...times, busyMs: 8000, nowMs: 4000 };
      await meter.stop();
      return meter.load();
    };
    expect(await loadBeside(true)).toMatchObject({ others: expect.closeTo(0.25, 9) });
    expect(await loadBeside(false)).toBeNull();
  });

  it("is unknown where the system or the pair does not tell", async () => {
    const pair = await virtualPair();
    for (const [each, read] of [
      [pair, () => ({ busyMs: 1, ownMs: 0, cores: 1, nowMs: 0 })],
      [{ ...pair, cpuMs: async () => 1 }, () => null],
    ] as const) {
      const meter = new LoadMeter(each, read);
      await meter.start();
      await meter.stop();
      expect(meter.load()).toBeNull();
    }
  });
});

describe("noiseWarnings", () => {
  it("has none for a quiet machine", () => {
    expect(codes({ load: { others: 0.1, cores: 2, threads: 2 } })).toEqual([]);
    expect(codes({ load: { others: 6, cores: 16, threads: 8 } })).toEqual([]);
    expect(codes({ drift: { change: -0.04, p: 0.001 } })).toEqual([]);
    expect(codes({ drift: { change: -0.3, p: 0.2 } })).toEqual([]);
  });

  it("tells of a busy machine, a drift, stalls and outliers", () => {
    const outlier = { cell: "plain-t0", prompt: "p", repetition: 0, deviation: -0.4 };
    expect(
      codes({
        load: { others: 0.5, cores: 2, threads: 2 },
        drift: { change: -0.12, p: 0.001 },
        stallShare: 0.05,
        outliers: [outlier, outlier, outlier, { ...outlier, prompt: "q", deviation: 0.6 }],
      }),
    ).toEqual([
      "outliers: 4 runs are far from the others of the same cell and prompt: plain-t0 on q, repetition 1 (+60%), plain-t0 on p, repetition 1 (-40%), plain-t0 on p, repetition 1 (-40%), 1 more",
      "stalls: 5.0% of the time went into single passes that stood still",
      "drift: plain decoding became 12.0% slower from the first run to the last",
      "busy-machine: other programs kept at least 0.5 of 2 cores busy, and the engine has 2 threads",
    ]);
  });

  it("tells where plain differs from plain", () => {
    const { samples } = plain([100, 100]);
    const summary = { speedup: { estimate: 1.05, low: 1.03, high: 1.07 } } as CellReport["summary"];
    const again: CellReport = {
      ...cell({ ...plainCell, again: true }),
      ...{ state: "done", samples, summary, warnings: [] },
    };
    expect(codes({}, [again])).toEqual([
      "aa-decided: plain seems to run at ×1.05 [1.03, 1.07] of itself at temperature 0",
    ]);
    expect(noiseOf([again], null)).toMatchObject({
      measured: true,
      margin: expect.closeTo(0.05, 9),
    });
  });
});

describe("marginOf", () => {
  it("is a hundredth where nothing was measured, and of older reports", () => {
    expect(noiseOf([], null)).toMatchObject({ margin: 0.01, measured: false });
    expect(marginOf({})).toBe(0.01);
  });
});
