import { type Instance, render } from "ink";
import type { ReactElement } from "react";
import { ChatScreen, type ChatScreenProps } from "./ChatScreen.tsx";
import { Ending } from "./Ending.tsx";
import { FrameStream } from "./frame-stream.ts";
import { liveRows, textWidth } from "./live-rows.ts";
import { eraseFrame, eraseScreen } from "./terminal-sequences.ts";
import { transcriptRows } from "./transcript-rows.ts";

/** Where and how a screen is drawn. */
export interface InkScreenOptions {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  /** Ink has ended on its own: a signal came, or a component threw `error`; `end` is due. */
  onEnd(error?: unknown): void;
}

/** What is drawn: where the transcript begins, the screen knows. */
export type ScreenContent = Omit<ChatScreenProps, "from">;

/**
 * The chat's screen by Ink. After a resize Ink would go on from where the frame stood before, so a
 * new instance takes over, with the transcript left where it is.
 */
export class InkScreen {
  readonly #options: InkScreenOptions;
  #stream: FrameStream;
  #instance: Instance | undefined;
  #from = 0;
  #drawn: ScreenContent | undefined;
  #failed = false;

  constructor(options: InkScreenOptions) {
    this.#options = options;
    this.#stream = new FrameStream(options.stdout);
  }

  /** Draws what has changed, or all of it where the terminal has another size. */
  draw(content: ScreenContent): void {
    const drawn = this.#drawn;
    if (drawn !== undefined && !isSameSize(drawn, content)) {
      this.#restart(this.#erasure(), drawn.view.transcript.length);
    }
    this.#show(content);
  }

  /** Draws everything anew on a clear screen, with as much of the transcript as fits. */
  redraw(content: ScreenContent): void {
    this.#restart(eraseScreen(content.size.rows), firstToRedraw(content));
    this.#show(content);
  }

  /** Takes the live part away and ends Ink; the cursor is where the next line goes. */
  end(): void {
    this.#stop();
    this.#options.stdout.write(this.#erasure());
  }

  #show(content: ScreenContent): void {
    const stream = this.#stream;
    const { onEnd } = this.#options;
    const onError = (error: unknown): void => {
      this.#failed = true;
      onEnd(error);
    };
    const screen = (
      <Ending onError={onError} onUnmount={() => stream.silent || onEnd()}>
        <ChatScreen {...content} from={this.#from} />
      </Ending>
    );
    this.#drawn = content;
    if (this.#instance === undefined) this.#instance = this.#start(screen);
    else this.#instance.rerender(screen);
    this.#stream.flush();
  }

  /** What takes the last frame away. Ink's own does not know of rows that the terminal wrapped. */
  #erasure(): string {
    if (this.#drawn === undefined) return "";
    const { view, size, theme } = this.#drawn;
    // Of what could not be drawn Ink leaves an empty row.
    const rows = this.#failed ? [[]] : liveRows(view, size, theme);
    return eraseFrame(rows, this.#options.stdout.columns || size.columns);
  }

  #start(screen: ReactElement): Instance {
    const stream = this.#stream;
    // Ink asks for no more of a terminal than a `FrameStream` has.
    const stdout = stream as unknown as NodeJS.WriteStream;
    return render(screen, {
      stdin: this.#options.stdin,
      stdout,
      stderr: stdout,
      exitOnCtrlC: false,
      // Ink 6.8 has a way of writing only the rows that differ. It goes up one row too few, since it
      // forgets the newline at a frame's end.
      incrementalRendering: false,
      // The frame clock has the say; this is no limit.
      maxFps: 1000,
    });
  }

  #restart(before: string, from: number): void {
    this.#stop();
    this.#options.stdout.write(before);
    this.#stream = new FrameStream(this.#options.stdout);
    this.#from = from;
  }

  #stop(): void {
    this.#stream.flush();
    this.#stream.silence();
    this.#instance?.unmount();
    this.#instance = undefined;
  }
}

function isSameSize({ size: a }: ScreenContent, { size: b }: ScreenContent): boolean {
  return a.columns === b.columns && a.rows === b.rows;
}

/** From where on the transcript fits above the live part. */
function firstToRedraw({ view, size, theme }: ScreenContent): number {
  const width = textWidth(size);
  const { provenance, transcript } = view;
  let room = size.rows - 1 - liveRows(view, size, theme).length;
  let from = transcript.length;
  for (let item = transcript[from - 1]; item !== undefined; item = transcript[from - 1]) {
    room -= transcriptRows(item, { width, theme, provenance }).length;
    if (room < 0) break;
    from--;
  }
  return from;
}
