import { describeError } from "../host/host-error.ts";
import type {
  BaselineHostMessage,
  BaselineHostRequest,
  BaselineOptions,
} from "./baseline-protocol.ts";
import { type BaselineSession, openBaselines } from "./baseline-session.ts";

/** Least time between two messages of a load's progress. */
const progressMs = 40;

let session: BaselineSession | undefined;
/** Stops the run that was asked for last. */
let abort = new AbortController();
let queue: Promise<void> = Promise.resolve();

// The parent decides what Ctrl-C means; the terminal sends it to both.
process.on("SIGINT", () => {});
process.on("disconnect", () => process.exit(0));
process.on("message", (message) => {
  const request = message as BaselineHostRequest;
  if (request.type === "abort") {
    abort.abort();
    return;
  }
  // Made here and not when the queue gets to it, for an abort may arrive before that.
  if (request.type === "run") abort = new AbortController();
  const { signal } = abort;
  queue = queue.then(() => answer(request, signal));
});

async function answer(
  request: Exclude<BaselineHostRequest, { type: "abort" }>,
  signal: AbortSignal,
): Promise<void> {
  try {
    switch (request.type) {
      case "open":
        return await open(request.options);
      case "run": {
        const run = await opened().run(request.request, signal);
        return send({ type: "ran", ...(run !== undefined && { run }) });
      }
      case "cpu-time": {
        const { user, system } = process.cpuUsage();
        return send({ type: "cpu-timed", ms: (user + system) / 1000 });
      }
      case "dispose":
        await session?.close();
        process.exit(0);
    }
  } catch (error) {
    send({ type: "error", error: describeError(error) });
  }
}

async function open(options: BaselineOptions): Promise<void> {
  let lastSent = 0;
  session = await openBaselines(options, (progress) => {
    const now = performance.now();
    if (now - lastSent < progressMs && progress.fraction < 1) return true;
    lastSent = now;
    send({ type: "progress", progress });
    return true;
  });
  send({ type: "opened" });
}

function opened(): BaselineSession {
  if (session === undefined) throw new Error("the baseline host has no pair loaded");
  return session;
}

function send(message: BaselineHostMessage): void {
  // After a disconnect there is nobody to tell; the handler above ends the process.
  if (process.connected) process.send?.(message);
}
