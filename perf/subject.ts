import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";

/** One timed run of a subject. */
export interface SubjectRun {
  readonly tokens: number;
  readonly ms: number;
}

/** Something that decodes, in a process of its own, and runs only when it is asked to. */
export interface Subject {
  readonly name: string;
  run(): Promise<SubjectRun>;
  /** Resident memory of its process in bytes; NaN where the system does not tell. */
  residentBytes(): number;
  close(): Promise<void>;
}

/**
 * Starts a child that answers each message with a run (see `serveRuns`).
 *
 * @param script beside this file
 */
export async function startSubject(
  name: string,
  script: string,
  args: readonly string[],
): Promise<Subject> {
  const child = fork(new URL(script, import.meta.url), args, { stdio: "inherit" });
  await nextMessage(child);
  return {
    name,
    run: async () => {
      child.send("run");
      return (await nextMessage(child)) as SubjectRun;
    },
    residentBytes: () => residentBytes(child.pid),
    close: async () => {
      child.disconnect();
      await once(child, "exit");
    },
  };
}

/** The child's side: reports ready, then answers each message with one run. */
export function serveRuns(run: () => SubjectRun | Promise<SubjectRun>): void {
  process.on("message", async () => process.send?.(await run()));
  process.send?.("ready");
}

/** Resident memory of a process, from /proc. */
export function residentBytes(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
  } catch {
    return Number.NaN;
  }
}

async function nextMessage(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const onExit = () => reject(new Error("a perf subject ended"));
    child.once("exit", onExit);
    child.once("message", (message) => {
      child.off("exit", onExit);
      resolve(message);
    });
  });
}
