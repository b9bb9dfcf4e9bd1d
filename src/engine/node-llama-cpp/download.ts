import { type ChildProcess, fork } from "node:child_process";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { LineRing } from "../host/line-ring.ts";
import type {
  DownloadedFiles,
  DownloaderMessage,
  DownloaderRequest,
  DownloadFailure,
  DownloadProgress,
  DownloadRequest,
} from "./download-protocol.ts";

/** How long the downloader may take to leave its part in good order before it is killed. */
const stopMs = 3000;
const logLines = 20;

/** What a download reports and how it is stopped. */
export interface DownloadOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: DownloadProgress) => void;
  /** How long nothing may come before it is given up, in ms. */
  readonly patienceMs: number;
}

/** How a download ended. Of one that failed the part stays, for the next one to go on with. */
export type DownloadOutcome =
  | { readonly type: "done"; readonly files: DownloadedFiles }
  | { readonly type: "failed"; readonly failure: DownloadFailure };

/**
 * Fetches a model with node-llama-cpp's downloader, in a process of its own. That process can be
 * ended where the library cannot: once under way ipull 3.9.5 does not hear a cancel while it waits
 * for its next try, says of a cancelled download that it is done, and throws what a full disk or a
 * later refusal gives where nobody can catch it. Loading the library takes 0.7 s besides.
 *
 * @throws the signal's reason when it is aborted
 */
export async function download(
  request: DownloadRequest,
  { signal, onProgress, patienceMs }: DownloadOptions,
): Promise<DownloadOutcome> {
  signal.throwIfAborted();
  const downloader = new Downloader();
  const patience = new Patience(patienceMs, () => downloader.stop());
  const onAbort = (): void => downloader.stop();
  signal.addEventListener("abort", onAbort);
  try {
    const outcome = await downloader.run(request, (progress) => {
      patience.note(progress.doneBytes);
      onProgress(progress);
    });
    signal.throwIfAborted();
    if (outcome !== undefined) return outcome;
    if (patience.isOver) return { type: "failed", failure: silence(request.uri, patienceMs) };
    return { type: "failed", failure: { kind: "failed", reason: downloader.lastWords() } };
  } finally {
    signal.removeEventListener("abort", onAbort);
    patience.end();
  }
}

function silence(uri: string, patienceMs: number): DownloadFailure {
  const host = /^https?:/i.test(uri) ? new URL(uri).host : "huggingface.co";
  return { kind: "unreachable", host, reason: `nothing came for ${patienceMs / 1000} s` };
}

/** Waits for a number to grow, and calls when it has not for too long. */
class Patience {
  readonly #ms: number;
  readonly #onOver: () => void;
  #timer: NodeJS.Timeout | undefined;
  #most = Number.NEGATIVE_INFINITY;
  #over = false;

  constructor(ms: number, onOver: () => void) {
    this.#ms = ms;
    this.#onOver = onOver;
    this.#restart();
  }

  get isOver(): boolean {
    return this.#over;
  }

  note(value: number): void {
    if (value <= this.#most) return;
    this.#most = value;
    this.#restart();
  }

  end(): void {
    clearTimeout(this.#timer);
  }

  #restart(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#over = true;
      this.#onOver();
    }, this.#ms);
  }
}

/** The downloader process. */
class Downloader {
  readonly #child: ChildProcess;
  readonly #log = new LineRing(logLines);
  readonly #killAtExit = (): void => void this.#child.kill("SIGKILL");
  #killer: NodeJS.Timeout | undefined;

  constructor() {
    // It runs from source where this file does.
    const entry = new URL(
      `./download-process${extname(fileURLToPath(import.meta.url))}`,
      import.meta.url,
    );
    this.#child = fork(entry, { stdio: ["ignore", "ignore", "pipe", "ipc"] });
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => this.#log.write(text));
    process.on("exit", this.#killAtExit);
  }

  /** @returns how the download ended; undefined where the process was stopped or died */
  run(
    request: DownloadRequest,
    onProgress: (progress: DownloadProgress) => void,
  ): Promise<DownloadOutcome | undefined> {
    let outcome: DownloadOutcome | undefined;
    this.#child.on("message", (data) => {
      const message = data as DownloaderMessage;
      if (message.type === "progress") onProgress(message.progress);
      else outcome = message;
    });
    this.#send({ type: "download", request });
    return new Promise((resolve, reject) => {
      this.#child.on("error", reject);
      this.#child.on("close", () => {
        process.off("exit", this.#killAtExit);
        clearTimeout(this.#killer);
        resolve(outcome);
      });
    });
  }

  stop(): void {
    this.#send({ type: "cancel" });
    this.#killer ??= setTimeout(this.#killAtExit, stopMs);
  }

  lastWords(): string {
    return this.#log.lines().at(-1) ?? "the downloader ended without a word";
  }

  #send(message: DownloaderRequest): void {
    if (this.#child.connected) this.#child.send(message, () => {});
  }
}
