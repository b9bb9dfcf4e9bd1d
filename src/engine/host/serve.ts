/** What a parent asks of a host, and what may come in between. */
interface Message {
  readonly type: string;
}

/** How a host answers its parent. */
export interface Service<Request extends Message> {
  /** Requests that an "abort" ends; it reaches the one that came last. */
  readonly abortable: readonly Request["type"][];
  /** Acts at once on what needs no answer; false for what is to be answered in its turn. */
  readonly now?: (request: Request) => boolean;
  readonly answer: (request: Request, signal: AbortSignal) => Promise<void>;
}

/** Answers a parent's requests one at a time, in order, until it goes away. */
export function serve<Request extends Message>(service: Service<Request>): void {
  let abort = new AbortController();
  let queue: Promise<void> = Promise.resolve();
  // The parent decides what Ctrl-C means; the terminal sends it to both.
  process.on("SIGINT", () => {});
  process.on("disconnect", () => process.exit(0));
  process.on("message", (message) => {
    const request = message as Request;
    if (request.type === "abort") return abort.abort();
    if (service.now?.(request) === true) return;
    // Made here and not when the queue gets to it, for an abort may arrive before that.
    if (service.abortable.includes(request.type)) abort = new AbortController();
    const { signal } = abort;
    queue = queue.then(() => service.answer(request, signal));
  });
}

/** Sends a message; after a disconnect there is nobody to tell, and the process ends. */
export function tellParent(message: Message): void {
  if (process.connected) process.send?.(message);
}

/** Least time between two messages of a load's progress. */
const progressMs = 40;

/** Passes on how far a load is, not too often; it always goes on. */
export function sparingly<P extends { readonly fraction: number }>(
  tell: (progress: P) => void,
): (progress: P) => true {
  let lastSent = 0;
  return (progress) => {
    const now = performance.now();
    if (now - lastSent >= progressMs || progress.fraction >= 1) {
      lastSent = now;
      tell(progress);
    }
    return true;
  };
}

/** Of all threads of this process, those that decode included. */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
