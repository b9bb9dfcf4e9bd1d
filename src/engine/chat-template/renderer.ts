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

/**
 * Renders templates in a thread of its own, because a template is a program that came with a file:
 * one that does not end, or that fills the memory, is ended with its thread. The thread starts with
 * the first template and stays, idle, for the next one; it does not keep the process alive.
 */
export class TemplateRenderer {
  #worker: Worker | undefined;
  /** Settles with the request before; one is rendered at a time. */
  #before: Promise<unknown> = Promise.resolve();

  /**
   * @param limitMs time to render, the start of the thread included
   * @throws RenderFailure
   */
  async render(request: RenderRequest, limitMs: number): Promise<string> {
    const mine = this.#before.then(() => this.#render(request, limitMs));
    this.#before = mine.catch(() => {});
    return mine;
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }

  async #render(request: RenderRequest, limitMs: number): Promise<string> {
    this.#worker ??= startRenderWorker();
    const worker = this.#worker;
    worker.ref();
    try {
      const answer = await answerOf(worker, request, limitMs);
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

/** The renderer of this process. */
export const templateRenderer = new TemplateRenderer();

function startRenderWorker(): Worker {
  const worker = startWorker(new URL("./render-worker", import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: heapMb, maxYoungGenerationSizeMb: 32 },
    stderr: true,
    stdout: true,
  });
  // A thread that runs out of memory while it is being ended must not end the process.
  return worker.on("error", () => {});
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
