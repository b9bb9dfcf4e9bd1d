import { Console } from "node:console";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { planBench } from "../../src/bench/plan.ts";
import type { BenchReport, Cell } from "../../src/bench/report.ts";
import { runBench } from "../../src/bench/runner.ts";
import { Interruption } from "../../src/commands/interruption.ts";
import { LiveDisplay } from "../../src/commands/live-display.ts";
import { StatusLine } from "../../src/commands/status-line.ts";
import type { TunablePair } from "../../src/engine/pair.ts";
import { showBench } from "../../src/ui/show-bench.ts";
import { FakeTerminal } from "../support/fake-terminal.ts";
import { benchSettings, created, environment } from "../unit/bench/support/settings.ts";
import { perfectDraft, virtualPair } from "../unit/bench/support/virtual-pair.ts";

// Ink takes over Node's console, which this one lacks.
Object.assign(console, { Console });

/** Plain and a draft length, two prompts, two repetitions, a warm-up each. */
const settings = benchSettings({ warmup: 1 });
const plan = planBench(settings);
const runsInAll = 2 + 8;

interface Bench {
  readonly terminal: FakeTerminal;
  readonly interruption: Interruption;
  /** The screen when each run began. */
  readonly screens: string[];
  /** What was written while each run went on. */
  readonly writtenWithin: string[];
  readonly display: LiveDisplay;
  run(): Promise<BenchReport>;
}

/** A bench whose runs take some time, so that what waits for a timer shows within them. */
async function bench(
  within?: (run: number, bench: Bench) => void,
  nameOf = ({ id }: Cell): string => id,
): Promise<Bench> {
  const terminal = new FakeTerminal(80, 24);
  const interruption = new Interruption();
  const display = new LiveDisplay(
    (listener) =>
      showBench({
        stdin: terminal.stdin,
        terminal: terminal.stdout,
        readsKeys: true,
        ...listener,
      }),
    {
      status: new StatusLine(terminal.stdout, 0),
      interruption,
      rows: plan.cells,
      nameOf,
      keys: "q or Ctrl-C",
      keepsResults: true,
    },
  );
  onTestFinished(() => display.close());
  const inner = await virtualPair({ draft: perfectDraft });
  const made: Bench = {
    ...{ terminal, interruption, display, screens: [], writtenWithin: [] },
    run: () =>
      runBench(pair, plan, {
        environment,
        created,
        clock: inner.clock,
        stop: interruption.stop,
        onProgress: (progress) => display.progress(progress),
        onReport: (report) => display.report(report),
      }),
  };
  const pair: TunablePair = {
    ...inner,
    async *generate(request, signal) {
      const before = terminal.output.length;
      made.screens.push((await terminal.lines()).join("\n"));
      within?.(made.screens.length, made);
      for await (const event of inner.generate(request, signal)) {
        await sleep(10);
        yield event;
      }
      made.writtenWithin.push(terminal.output.slice(before));
    },
  };
  return made;
}

test("a frame is drawn before each run, and nothing within any", async () => {
  const { screens, writtenWithin, terminal, display, run } = await bench();
  await run();
  expect(writtenWithin).toEqual(Array.from({ length: runsInAll }, () => ""));
  expect(screens).toHaveLength(runsInAll);
  for (const [i, screen] of screens.entries()) {
    expect(screen).toContain(`run ${i + 1} of ${runsInAll}`);
    expect(screen).toContain(i < 2 ? "warming up" : "measuring");
  }
  // After the first round of both cells: what they came to.
  expect(screens[4]).toMatch(/^. plain-t0 +1 +100\.0 +1\.00$/m);
  expect(screens[4]).toMatch(/^. draft-n4-k1-t0 +1 +227\.3 +×2\.27 +100 % +5\.00$/m);
  expect(screens.at(-1)).toMatch(/^. draft-n4-k1-t0 +[34] +227\.3 +×2\.27 \[2\.27, 2\.27\] /m);
  display.close();
  expect(await terminal.lines()).toEqual([]);
});

test("q stops after the run in hand, which counts, and is answered at once", async () => {
  const { screens, writtenWithin, terminal, run } = await bench((n, { terminal }) => {
    if (n === 5) terminal.type("q");
  });
  const report = await run();
  expect(screens).toHaveLength(5);
  expect(report.finished).toBe(false);
  expect(report.cells.flatMap(({ samples }) => samples)).toHaveLength(3);
  expect(writtenWithin.slice(0, 4).join("")).toBe("");
  expect(writtenWithin[4]).toBe(
    "\rstopping after this run; Ctrl-C ends at once, without the results",
  );
  expect((await terminal.lines()).at(-1)).toMatch(/^stopping after this run/);
});

test("the keys that stop it", async () => {
  for (const [keys, stops] of [
    ["Q", true],
    ["qq", true],
    ["\u0003", true],
    ["x", false],
    ["quick", false],
    ["\u001b[A", false],
  ] as const) {
    const { terminal, interruption, display } = await bench();
    terminal.type(keys);
    await sleep(5);
    expect(interruption.stop.aborted, keys).toBe(stops);
    expect(interruption.signal.aborted, keys).toBe(false);
    display.close();
  }
});

test("Ctrl-C from elsewhere is the same wish", async () => {
  const { interruption, terminal } = await bench();
  interruption.interrupt();
  expect(interruption.stop.aborted).toBe(true);
  expect(interruption.signal.aborted).toBe(false);
  expect(terminal.output).toContain("stopping; Ctrl-C ends at once");
});

test("the terminal is left as it was found", async () => {
  const { terminal, display } = await bench();
  display.step("timing batches");
  expect(terminal.raw).toBe(true);
  expect(terminal.cursorVisible).toBe(false);
  expect((await terminal.lines())[0]).toMatch(/^timing batches · 0 s so far$/);
  display.close();
  expect(terminal.raw).toBe(false);
  expect(terminal.cursorVisible).toBe(true);
  expect(await terminal.lines()).toEqual([]);
  expect([terminal.cursorRow, terminal.cursorColumn]).toEqual([0, 0]);
});

test("a line that stays is printed when the view is gone", async () => {
  const { terminal, display } = await bench();
  display.step("timing batches");
  display.print("note: nothing is predicted");
  expect((await terminal.lines()).join("\n")).not.toContain("note");
  display.close();
  expect(await terminal.lines()).toEqual(["note: nothing is predicted"]);
});

test("after a resize the next run has a frame of the new size, and no old one beside it", async () => {
  const { screens, writtenWithin, run } = await bench((n, { terminal }) => {
    if (n === 4) void terminal.resize(60, 20);
  });
  await run();
  expect(writtenWithin.join("")).toBe("");
  const after = screens[4]?.split("\n") ?? [];
  expect(after[0]).toContain("run 5 of 10");
  expect(after.filter((line) => line.startsWith("measuring"))).toHaveLength(1);
  expect(Math.max(...after.map((line) => line.length))).toBeLessThan(60);
});

test("a view that cannot be drawn is told once, and lines go on", async () => {
  const { terminal, display, run } = await bench(undefined, () => undefined as unknown as string);
  display.step("timing batches");
  await sleep(20);
  expect(terminal.raw).toBe(false);
  expect(terminal.cursorVisible).toBe(true);
  const report = await run();
  expect(report.finished).toBe(true);
  const { output } = terminal;
  expect(output.split("note: the live view could not be drawn: ")).toHaveLength(2);
  expect(output).toMatch(/run 2 of 10: draft-n4-k1-t0, warm-up/);
});
