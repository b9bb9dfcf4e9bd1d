import { once } from "node:events";
import type { Worker } from "node:worker_threads";
import type { RenderAnswer, RenderRequest } from "./render-protocol.ts";
import { startWorker } from "./worker-from-source.ts";

/** Memory that a template may use, in MB. */
const heapMb = 256;

/** A template that was not rendered. */
export class RenderFailure extends Error {
  /** "template": it refused by itself; "killed": it took too long or too much memory. */
  readonly kind: "template" | "killed";

  constructor(kind: "template" | "killed", message: string) {
    super(message);
    this.name = "RenderFailure";
    this.kind = kind;
  }
}

/** Time for one or several renderings; each takes its own off. Starting the thread costs none. */
export interface RenderBudget {
  leftMs: number;
}

/** A thread, and its first message: that it is ready. */
interface ReadyWorker {
  readonly worker: Worker;
  readonly ready: Promise<unknown>;
}

/**
 * Renders templates in a thread of its own, because a template is a program that came with a file:
 * one that does not end, or that fills the memory, is ended with its thread. The thread starts with
 * the first template and stays, idle, for the next one; it does not keep the process alive.
 */
export class TemplateRenderer {
  #started: ReadyWorker | undefined;
  /** Settles with the request before; one is rendered at a time. */
  #before: Promise<unknown> = Promise.resolve();

  /** @throws RenderFailure */
  async render(request: RenderRequest, budget: RenderBudget): Promise<string> {
    const mine = this.#before.then(() => this.#render(request, budget));
    this.#before = mine.catch(() => {});
    return mine;
  }

  async close(): Promise<void> {
    const started = this.#started;
    this.#started = undefined;
    await started?.worker.terminate();
  }

  async #render(request: RenderRequest, budget: RenderBudget): Promise<string> {
    if (budget.leftMs <= 0) throw new RenderFailure("killed", "it takes too long");
    this.#started ??= startRenderWorker();
    const { worker, ready } = this.#started;
    worker.ref();
    try {
      await ready;
      const answer = await withinBudget(budget, (leftMs) => answerOf(worker, request, leftMs));
      if (answer.type === "text") return answer.text;
      throw new RenderFailure("template", answer.reason);
    } catch (error) {
      if (!(error instanceof RenderFailure) || error.kind === "killed") await this.close();
      throw error;
    } finally {
      worker.unref();
    }
  }
}

async function withinBudget<T>(
  budget: RenderBudget,
  work: (leftMs: number) => Promise<T>,
): Promise<T> {
  const start = performance.now();
  try {
    return await work(budget.leftMs);
  } finally {
    budget.leftMs -= performance.now() - start;
  }
}

/** The renderer of this process. */
export const templateRenderer = new TemplateRenderer();

function startRenderWorker(): ReadyWorker {
  const worker = startWorker(new URL("./render-worker", import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: heapMb, maxYoungGenerationSizeMb: 32 },
    stderr: true,
    stdout: true,
  });
  // A thread that runs out of memory while it is being ended must not end the process.
  worker.on("error", () => {});
  return { worker, ready: once(worker, "message") };
}

function answerOf(worker: Worker, request: RenderRequest, limitMs: number): Promise<RenderAnswer> {
  return new Promise<RenderAnswer>((resolve, reject) => {
    const timer = setTimeout(() => {
      settle(() => reject(new RenderFailure("killed", tooSlow(limitMs))));
    }, limitMs);
    const onAnswer = (answer: RenderAnswer) => settle(() => resolve(answer));
    const onError = (error: NodeJS.ErrnoException) => settle(() => reject(failureOf(error)));
    const settle = (done: () => void): void => {
      clearTimeout(timer);
      worker.off("message", onAnswer).off("error", onError);
      done();
    };
    worker.on("message", onAnswer).on("error", onError);
    worker.postMessage(request);
  });
}

function tooSlow(limitMs: number): string {
  return `it did not end within ${Math.round(limitMs / 100) / 10} s`;
}

function failureOf(error: NodeJS.ErrnoException): Error {
  if (error.code !== "ERR_WORKER_OUT_OF_MEMORY") return error;
  return new RenderFailure("killed", `it needs more than ${heapMb} MB of memory`);
}
