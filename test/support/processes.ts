import { execFileSync } from "node:child_process";
import { waitFor } from "./wait-for.ts";

interface ListedProcess {
  readonly pid: number;
  readonly parent: number;
  readonly state: string;
}

/** The processes that this one started and that still run. */
export function childrenOf(parent: number): number[] {
  const processes = running();
  return processes.filter((each) => each.parent === parent).map(({ pid }) => pid);
}

export function isRunning(pid: number): boolean {
  return running().some((each) => each.pid === pid);
}

/** Waits until a process is gone. */
export async function untilGone(pid: number): Promise<void> {
  await waitFor(`the end of process ${pid}`, () => !isRunning(pid) || undefined);
}

function running(): ListedProcess[] {
  const list = execFileSync("ps", ["-A", "-o", "pid=,ppid=,stat="], { encoding: "utf8" });
  const processes = list
    .trim()
    .split("\n")
    .map((line): ListedProcess => {
      const [pid, parent, state = ""] = line.trim().split(/\s+/);
      return { pid: Number(pid), parent: Number(parent), state };
    });
  // One that has ended may wait to be collected by whoever inherited it.
  return processes.filter(({ state }) => !state.startsWith("Z"));
}
