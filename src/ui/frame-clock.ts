/** How often frames are drawn. */
export interface FrameRates {
  /** The most frames a second while text streams. */
  readonly streaming: number;
  /** The most frames a second where a key wants its echo. */
  readonly typing: number;
}

/**
 * Draws when asked to, but not too often: drawing takes time from decoding. What is asked for in
 * between is drawn by one frame as soon as its time has come.
 */
export class FrameClock {
  readonly #draw: () => void;
  readonly #rates: FrameRates;
  readonly #now: () => number;
  #drawnAt = Number.NEGATIVE_INFINITY;
  #dueAt = Number.POSITIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;

  constructor(draw: () => void, rates: FrameRates, now: () => number = () => performance.now()) {
    this.#draw = draw;
    this.#rates = rates;
    this.#now = now;
  }

  /** Something has changed; `urgent` where somebody waits for it. */
  request(urgent: boolean): void {
    const now = this.#now();
    const dueAt = Math.max(
      now,
      this.#drawnAt + 1000 / this.#rates[urgent ? "typing" : "streaming"],
    );
    if (dueAt >= this.#dueAt) return;
    this.stop();
    this.#dueAt = dueAt;
    this.#timer = setTimeout(() => this.drawNow(), Math.ceil(dueAt - now));
  }

  /** Draws, whatever was drawn last. */
  drawNow(): void {
    this.stop();
    this.#drawnAt = this.#now();
    this.#draw();
  }

  /** Forgets what was asked for. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#dueAt = Number.POSITIVE_INFINITY;
  }
}
