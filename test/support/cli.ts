import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterFile } from "./after-file.ts";
import { childrenOf, isRunning } from "./processes.ts";
import { waitFor } from "./wait-for.ts";

/** The program as users start it. */
export const specdecBin = fileURLToPath(new URL("../../bin/specdec.js", import.meta.url));
const built = fileURLToPath(new URL("../../dist/main.js", import.meta.url));

/** A fake target that takes about as long as it says, so that a run can be stopped in its middle. */
export const fakeTarget = ["--engine", "fake", "--target", "fake:step=2,token=0.2"];
/** The same and a draft that agrees with it most of the time. */
export const fakePair = [...fakeTarget, "--draft", "fake:agreement=0.8,step=0.3"];
/** The same so slowly that a text goes on for a minute and more. */
export const slowPair = [
  ...["--engine", "fake", "--target", "fake:step=50,token=1"],
  ...["--draft", "fake:agreement=0.8,step=1", "--max-tokens", "4000"],
];

/** How the program ended and what it said. */
export interface CliResult {
  /** null where a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a run is given. */
export interface CliOptions {
  /** Written to stdin, which is then closed; without it stdin is empty. */
  readonly stdin?: string;
  /** Changes to the environment; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** A folder of the tests' own if left out: a bench leaves its report there. */
  readonly cwd?: string;
  /** After this the program is killed and the result says SIGKILL. */
  readonly timeoutMs?: number;
}

/** Runs the built program to its end. */
export async function specdec(
  args: readonly string[],
  options: CliOptions = {},
): Promise<CliResult> {
  return startSpecdec(args, options).result;
}

/** Starts the built program. */
export function startSpecdec(args: readonly string[], options: CliOptions = {}): RunningCli {
  if (!existsSync(built)) throw new Error(`${built} is missing: npm run build`);
  const { cwd = workFolder(), env = {}, stdin = "", timeoutMs = 50_000 } = options;
  const child = spawn(process.execPath, [specdecBin, ...args], {
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, CI: undefined, NO_COLOR: undefined, ...env },
    cwd,
  });
  // It may end without reading.
  child.stdin.on("error", () => {});
  child.stdin.end(stdin);
  return new RunningCli(child, timeoutMs);
}

let sharedFolder: string | undefined;

function workFolder(): string {
  sharedFolder ??= mkdtempSync(join(tmpdir(), "specdec-cli-"));
  return sharedFolder;
}

process.on("exit", () => {
  if (sharedFolder !== undefined) rmSync(sharedFolder, { recursive: true, force: true });
});

/** The program while it runs. */
export class RunningCli {
  readonly result: Promise<CliResult>;
  readonly #child: ChildProcess;
  #stdout = "";
  #stderr = "";

  constructor(child: ChildProcess, timeoutMs: number) {
    this.#child = child;
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      this.#stdout += text;
    });
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr += text;
    });
    const timer = setTimeout(() => child.kill("SIGKILL"), timeoutMs);
    this.result = once(child, "close").then(([code, signal]) => {
      clearTimeout(timer);
      return { code, signal, stdout: this.#stdout, stderr: this.#stderr };
    });
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error("the program did not start");
    return this.#child.pid;
  }

  get stdout(): string {
    return this.#stdout;
  }

  get stderr(): string {
    return this.#stderr;
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Closes the reading end of stdout, as `head` does when it has seen enough. */
  closeStdout(): void {
    this.#child.stdout?.destroy();
  }

  /** The engine host's process id, as soon as there is one. Neither outlives the test file. */
  async hostPid(): Promise<number> {
    const host = await this.#waitFor("the host", () => childrenOf(this.pid)[0]);
    afterFile(() => {
      this.kill("SIGKILL");
      if (isRunning(host)) process.kill(host, "SIGKILL");
    });
    return host;
  }

  /** Waits until stdout has something that matches. */
  async untilStdout(pattern: RegExp): Promise<void> {
    await this.#waitFor(`${pattern} on stdout`, () => pattern.test(this.#stdout) || undefined);
  }

  /** Waits until stderr has something that matches. */
  async untilStderr(pattern: RegExp): Promise<void> {
    await this.#waitFor(`${pattern} on stderr`, () => pattern.test(this.#stderr) || undefined);
  }

  async #waitFor<T>(what: string, look: () => T | undefined): Promise<T> {
    return waitFor(what, () => {
      const found = look();
      if (found !== undefined || this.#child.exitCode === null) return found;
      throw new Error(`the program ended without ${what}: ${this.#stderr}`);
    });
  }
}
