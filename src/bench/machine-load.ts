import { cpus } from "node:os";
import type { Pair } from "../engine/pair.ts";
import type { MachineLoad } from "./noise-schema.ts";
import type { Decoder } from "./turns.ts";

/** What the processors and this process have done so far, in ms. */
export interface CpuTimes {
  /** Of all cores together, whoever kept them busy. */
  readonly busyMs: number;
  /** By this process. */
  readonly ownMs: number;
  readonly cores: number;
  readonly nowMs: number;
}

/** The times of this machine; null where the system does not tell. */
export function readCpuTimes(): CpuTimes | null {
  const cores = cpus();
  const busyMs = cores.reduce((sum, { times }) => {
    return sum + times.user + times.nice + times.sys + times.irq;
  }, 0);
  if (busyMs === 0) return null;
  const { user, system } = process.cpuUsage();
  return { busyMs, ownMs: (user + system) / 1000, cores: cores.length, nowMs: performance.now() };
}

/** Processors count in ticks of about 10 ms; this long they have to be watched. */
const leastMs = 3000;

interface Reading extends CpuTimes {
  /** By the pair's process and those beside it. */
  readonly decodersMs: number;
}

/**
 * What other programs take of the processors while a bench measures: all that is used, less what this
 * process, the pair's and those that it is measured against use. A load average would not do, for the engine's own threads are in it.
 */
export class LoadMeter {
  readonly #pair: Pair;
  readonly #decoders: readonly Decoder[];
  readonly #read: () => CpuTimes | null;
  #start: Reading | undefined;
  #othersMs = 0;
  #wallMs = 0;
  #cores = 0;

  /** @param beside what else this bench measures */
  constructor(
    pair: Pair,
    read: () => CpuTimes | null = readCpuTimes,
    beside: readonly Decoder[] = [],
  ) {
    this.#pair = pair;
    this.#decoders = [pair, ...beside];
    this.#read = read;
  }

  /** Before something is measured. */
  async start(): Promise<void> {
    this.#start = await this.#reading();
  }

  /** After it. */
  async stop(): Promise<void> {
    const start = this.#start;
    const end = await this.#reading();
    if (start === undefined || end === undefined) return;
    const own = end.ownMs - start.ownMs + (end.decodersMs - start.decodersMs);
    this.#othersMs += end.busyMs - start.busyMs - own;
    this.#wallMs += end.nowMs - start.nowMs;
    this.#cores = end.cores;
  }

  /** What it comes to; null where it cannot be told. */
  load(): MachineLoad | null {
    if (this.#wallMs < leastMs) return null;
    const { threads } = this.#pair.info.engine;
    return { others: Math.max(0, this.#othersMs / this.#wallMs), cores: this.#cores, threads };
  }

  async #reading(): Promise<Reading | undefined> {
    let decodersMs = 0;
    // Where one of them does not tell, nothing can be told of others.
    for (const decoder of this.#decoders) decodersMs += (await decoder.cpuMs?.()) ?? Number.NaN;
    const times = this.#read();
    return times === null || Number.isNaN(decodersMs) ? undefined : { ...times, decodersMs };
  }
}
