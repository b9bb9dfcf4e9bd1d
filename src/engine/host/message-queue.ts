/** Messages that arrive by callback, read one by one; after a failure every read fails with it. */
export class MessageQueue<T> {
  readonly #waiting: ((message: Promise<T>) => void)[] = [];
  readonly #ready: Promise<T>[] = [];
  #failure: Error | undefined;

  /** @param message rejected to make one read fail */
  push(message: Promise<T>): void {
    // Whoever reads it handles the rejection; until then it must not count as unhandled.
    message.catch(() => {});
    const reader = this.#waiting.shift();
    if (reader === undefined) this.#ready.push(message);
    else reader(message);
  }

  fail(error: Error): void {
    this.#failure ??= error;
    for (const reader of this.#waiting.splice(0)) reader(Promise.reject(this.#failure));
  }

  next(): Promise<T> {
    const message = this.#ready.shift();
    if (message !== undefined) return message;
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}
