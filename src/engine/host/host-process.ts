import { type ChildProcess, fork } from "node:child_process";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { environmentError, interrupted, UserError } from "../../errors.ts";
import { visibleLines } from "../../text/visible-text.ts";
import { type HostErrorData, reviveError } from "./host-error.ts";
import { LineRing } from "./line-ring.ts";
import { MessageQueue } from "./message-queue.ts";

/** How long a host may take to close its models before it is killed. */
const closeMs = 5000;
const logLines = 200;
const shownLogLines = 12;

/** What runs as a host. */
export interface HostProcessOptions {
  /** How it is called when it ends unexpectedly, for example "engine host". */
  readonly name: string;
  /** The module that it runs, without its ending: that is `.ts` from source and `.js` when built. */
  readonly entry: URL;
}

/** Every host can be asked to close what it holds and to end. */
interface Disposal {
  readonly type: "dispose";
}

/** Every host may answer with an error instead. */
interface Failure {
  readonly type: "error";
  readonly error: HostErrorData;
}

/** A child process that holds models, and the messages from it. */
export class HostProcess<Request extends { readonly type: string }, Message extends object> {
  readonly #name: string;
  readonly #child: ChildProcess;
  readonly #messages = new MessageQueue<Exclude<Message, Failure>>();
  readonly #log = new LineRing(logLines);
  readonly #exited: Promise<void>;
  readonly #killAtExit = (): void => this.kill();
  /** What it is at, for the message about its unexpected end: "loading FILE", for example. */
  doing: string | undefined;

  constructor({ name, entry }: HostProcessOptions) {
    this.#name = name;
    // The host runs from source where this file does.
    const ending = extname(fileURLToPath(import.meta.url));
    this.#child = fork(`${fileURLToPath(entry)}${ending}`, {
      serialization: "advanced",
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    process.on("exit", this.#killAtExit);
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#log.write(text);
      if (process.env.SPECDEC_DEBUG === "1")
        process.stderr.write(visibleLines(text, Number.POSITIVE_INFINITY));
    });
    this.#child.on("message", (message) => this.#receive(message as Message | Failure));
    this.#child.on("error", (error) => this.#messages.fail(error));
    this.#exited = new Promise((resolve) => {
      // "close" comes after the last of the log.
      this.#child.on("close", (code, signal) => {
        process.off("exit", this.#killAtExit);
        this.#messages.fail(this.#crash(code, signal));
        resolve();
      });
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  send(request: Request | Disposal): void {
    // A dead host shows in the next receive.
    if (this.#child.connected) this.#child.send(request, () => {});
  }

  /** @throws what the host answers with an error; "host-crashed" where it has died */
  async receive(): Promise<Exclude<Message, Failure>> {
    return this.#messages.next();
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }

  /** Ends the host: in good order, or by force when it does not answer. */
  async close(): Promise<void> {
    this.send({ type: "dispose" });
    const timer = setTimeout(() => this.kill(), closeMs);
    await this.#exited;
    clearTimeout(timer);
  }

  #receive(message: Message | Failure): void {
    if (isFailure(message)) this.#messages.push(Promise.reject(reviveError(message.error)));
    else this.#messages.push(Promise.resolve(message as Exclude<Message, Failure>));
  }

  #crash(code: number | null, signal: NodeJS.Signals | null): UserError {
    // Ctrl-C goes to the host too, which heeds it only in its first moments.
    if (signal === "SIGINT") return interrupted();
    const how = signal === null ? `with exit code ${code}` : `by ${signal}`;
    const when = this.doing === undefined ? "" : ` while ${this.doing}`;
    const hint =
      signal === "SIGKILL"
        ? "Something killed it: often the system, when memory runs out. Try a smaller model or --ctx."
        : "The model file may be damaged: download it again or try another conversion. SPECDEC_DEBUG=1 shows the whole log.";
    const { exitCode } = environmentError("host-crashed", "");
    return new UserError({
      code: "host-crashed",
      message: `the ${this.#name} ended unexpectedly ${how}${when}`,
      hint,
      details: this.#log.lines().slice(-shownLogLines),
      exitCode,
    });
  }
}

/** Kills the host when the signal comes before `work` is done, or when it fails. */
export async function killedBy<T>(
  signal: AbortSignal | undefined,
  host: { kill(): void },
  work: () => Promise<T>,
): Promise<T> {
  const kill = (): void => host.kill();
  signal?.addEventListener("abort", kill);
  try {
    signal?.throwIfAborted();
    return await work();
  } catch (error) {
    host.kill();
    throw signal?.aborted === true ? signal.reason : error;
  } finally {
    signal?.removeEventListener("abort", kill);
  }
}

function isFailure(message: object): message is Failure {
  return "type" in message && message.type === "error";
}
