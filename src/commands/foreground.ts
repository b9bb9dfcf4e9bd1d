import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/**
 * Whether this program is the one that the terminal is for: not a job in the background, which the
 * system stops where it changes the terminal's mode. True where it cannot be told.
 */
export function inForeground(): boolean {
  try {
    if (process.platform === "linux")
      return isForegroundStat(readFileSync("/proc/self/stat", "utf8"));
    if (process.platform === "win32") return true;
    const state = execFileSync("ps", ["-o", "stat=", "-p", String(process.pid)]);
    return state.includes("+");
  } catch {
    return true;
  }
}

/** The same by what Linux says of a process (proc_pid_stat(5)): its group is the terminal's, if any. */
export function isForegroundStat(stat: string): boolean {
  // The name in parentheses may hold anything.
  const [, , group, , , terminalGroup] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return terminalGroup === "-1" || terminalGroup === group;
}
