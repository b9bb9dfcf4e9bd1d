import { arch, availableParallelism, cpus, platform, release, totalmem } from "node:os";
import type { Machine } from "./report.ts";

/** The machine that this process runs on. */
export function thisMachine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() || "unknown",
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    os: `${platform()} ${release()}`,
    arch: arch(),
    node: process.version,
  };
}
