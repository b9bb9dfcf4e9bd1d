import { batchMs } from "../decoding/control/batch-times.ts";
import { UserError } from "../errors.ts";
import type { Action, Effect, RunRequest } from "./actions.ts";
import { historyLine } from "./history.ts";
import { reduce } from "./reducer.ts";
import { type RunPorts, runRequest } from "./run-request.ts";
import { loadChat, saveChat } from "./session-files.ts";
import type { ChatPair, SessionOptions, StartOptions } from "./session-options.ts";
import { type ChatState, initialState } from "./state.ts";

/** How long a stopped answer may take to end before the chat ends without it, in ms. */
const quitPatienceMs = 2000;
const measured = {
  targetBatches: [1],
  draftBatches: [],
  repetitions: 5,
  budgetMs: 5000,
  contextTokens: 64,
};

/** A chat that runs: performs what its state asks for, and tells it what came of it. */
export class ChatSession {
  /** Settles when the chat has ended; rejects for bugs, and where the first load fails. */
  readonly ended: Promise<void>;
  readonly #options: SessionOptions;
  readonly #listeners = new Set<(action: Action) => void>();
  #state: ChatState;
  #pair: ChatPair | undefined;
  #stop = new AbortController();
  /** What uses the pair now; one thing at a time. */
  #work: Promise<void> = Promise.resolve();
  #over = false;
  #resolveEnded: () => void = () => {};
  #rejectEnded: (error: unknown) => void = () => {};

  /** @throws UserError for settings that contradict each other */
  constructor(options: SessionOptions) {
    this.#options = options;
    this.#state = initialState(options);
    this.ended = new Promise((resolve, reject) => {
      this.#resolveEnded = resolve;
      this.#rejectEnded = reject;
    });
    // Whoever waits hears of it; nobody has to.
    this.ended.catch(() => {});
  }

  /** Loads the pair. */
  start(): void {
    this.#do(() => this.#load());
  }

  /** Whether the chat has ended, or is about to. */
  get over(): boolean {
    return this.#over;
  }

  getState(): ChatState {
    return this.#state;
  }

  /** @returns ends the subscription */
  subscribe(listener: (action: Action) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Waits until nothing is under way.
   *
   * @throws what the session ended with, where it has
   */
  async settled(): Promise<void> {
    for (let work: Promise<void> | undefined; work !== this.#work; ) {
      work = this.#work;
      await work;
    }
    if (this.#over) await this.ended;
  }

  dispatch(action: Action): void {
    if (this.#over) return;
    try {
      const { state, effects } = reduce(this.#state, action, this.#options);
      const changed = state !== this.#state;
      this.#state = state;
      for (const effect of effects) this.#perform(effect);
      if (changed) for (const listener of this.#listeners) listener(action);
    } catch (error) {
      this.#fail(error);
    }
  }

  #perform(effect: Effect): void {
    const { files } = this.#options;
    switch (effect.type) {
      case "run":
        this.#stop = new AbortController();
        this.#do(() => this.#run(effect.request));
        return;
      case "stop":
        this.#stop.abort();
        return;
      case "adjust":
        this.#pair?.adjust(effect.pass);
        return;
      case "remember":
        // A history that cannot be kept is no reason to disturb a chat.
        this.#options.appendHistory(historyLine(effect.text)).catch(() => {});
        return;
      case "save":
        this.#do(async () => this.dispatch(await saveChat(files, effect, this.#state)));
        return;
      case "load":
        this.#do(async () => this.dispatch(await loadChat(files, effect.path)));
        return;
      case "restart":
        this.#do(() => this.#restart());
        return;
      case "quit":
        this.#over = true;
        void this.#quit();
        return;
    }
  }

  /** Does something with the pair after what it is busy with. */
  #do(work: () => Promise<void>): void {
    this.#work = this.#work.then(work).catch((error: unknown) => this.#fail(error));
  }

  async #load(): Promise<void> {
    if (this.#over) return;
    const { signal } = this.#stop;
    const onProgress: StartOptions["onProgress"] = ({ model, fraction }) =>
      this.dispatch({ type: "load-progress", model, fraction });
    try {
      this.#pair = await this.#options.startPair({ onProgress, signal });
    } catch (error) {
      if (this.#over) return;
      throw error;
    }
    if (this.#over) return this.#close();
    this.dispatch({ type: "ready", info: this.#pair.info });
    if (this.#options.measures && this.#state.plainRate === undefined) await this.#measure();
  }

  async #measure(): Promise<void> {
    await this.#orSay(async (pair) => {
      const contextTokens = Math.min(measured.contextTokens, Math.floor(pair.info.contextSize / 2));
      const { target } = await pair.timeRounds({ ...measured, contextTokens });
      const ms = batchMs(target, 1);
      if (ms > 0) this.dispatch({ type: "measured", tokensPerSecond: 1000 / ms });
    });
  }

  async #restart(): Promise<void> {
    this.#stop = new AbortController();
    await this.#pair?.close().catch(() => {});
    try {
      await this.#load();
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.dispatch({ type: "crashed", error: error.toData() });
    }
  }

  async #run(request: RunRequest): Promise<void> {
    // What it waited for may have ended the pair.
    const { type } = this.#state.phase;
    if (type !== "running" && type !== "comparing") return;
    const { maxTokens, stopTexts, eventsEveryMs = 80 } = this.#options;
    await this.#orSay((pair) =>
      runRequest(request, {
        pair,
        dispatch: (action) => this.dispatch(action),
        signal: this.#stop.signal,
        pass: () => this.#state.settings.pass,
        ...{ maxTokens, stopTexts, eventsEveryMs },
      } satisfies RunPorts),
    );
  }

  /** Works with the pair; what the user can mend is said, and a dead host ends in its phase. */
  async #orSay(work: (pair: ChatPair) => Promise<void>): Promise<void> {
    if (this.#pair === undefined) return;
    try {
      await work(this.#pair);
    } catch (error) {
      if (!(error instanceof UserError) || error.code === "interrupted") throw error;
      const type = error.code === "host-crashed" ? "crashed" : "failed";
      this.dispatch({ type, error: error.toData() });
    }
  }

  async #quit(): Promise<void> {
    this.#stop.abort();
    await Promise.race([this.#work, waited(quitPatienceMs)]);
    await this.#close();
    this.#resolveEnded();
  }

  #fail(error: unknown): void {
    if (this.#over) return;
    this.#over = true;
    this.#stop.abort();
    void this.#close().then(() => this.#rejectEnded(error));
  }

  /** Closing may fail where the host is gone already. */
  async #close(): Promise<void> {
    await this.#pair?.close().catch(() => {});
  }
}

function waited(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
