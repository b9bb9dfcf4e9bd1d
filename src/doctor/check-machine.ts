import { cpus, freemem } from "node:os";
import { availableMemory } from "node:process";
import { thisMachine } from "../bench/machine.ts";
import { formatBytes } from "../reports/format.ts";
import type { Check } from "./finding.ts";

/** What decides how fast models run here. */
export const checkMachine: Check = {
  name: "machine",
  run: () => {
    const { os, arch, cpu, cores, memoryBytes } = thisMachine();
    const listed = cpus().length;
    // A container may have less than the machine has free.
    const freeBytes = Math.min(freemem(), availableMemory());
    return {
      facts: [
        { key: "platform", label: "platform", value: `${os} ${arch}` },
        { key: "cpu", label: "CPU", value: cpu },
        {
          key: "cores",
          label: "cores",
          value: cores,
          text: listed > cores ? `${cores} of ${listed} for this process` : String(cores),
        },
        {
          key: "memoryBytes",
          label: "memory",
          value: memoryBytes,
          text: formatBytes(memoryBytes),
        },
        {
          key: "freeMemoryBytes",
          label: "memory free",
          value: freeBytes,
          text: formatBytes(freeBytes),
        },
      ],
    };
  },
};
