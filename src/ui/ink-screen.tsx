import { ChatScreen, type ChatScreenProps } from "./ChatScreen.tsx";
import { InkRun, type InkRunOptions } from "./ink-run.tsx";
import { liveRows, textWidth } from "./live-rows.ts";
import { eraseFrame, eraseScreen } from "./terminal-sequences.ts";
import { transcriptRows } from "./transcript-rows.ts";

/** What is drawn: where the transcript begins, the screen knows. */
export type ScreenContent = Omit<ChatScreenProps, "from">;

/**
 * The chat's screen by Ink. After a resize Ink would go on from where the frame stood before, so a
 * new instance takes over, with the transcript left where it is.
 */
export class InkScreen {
  readonly #options: InkRunOptions;
  #run: InkRun;
  #from = 0;
  #drawn: ScreenContent | undefined;

  constructor(options: InkRunOptions) {
    this.#options = options;
    this.#run = new InkRun(options);
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
    this.#run.stop();
    this.#options.stdout.write(this.#erasure());
  }

  #show(content: ScreenContent): void {
    this.#drawn = content;
    this.#run.show(<ChatScreen {...content} from={this.#from} />);
  }

  /** What takes the last frame away. Ink's own does not know of rows that the terminal wrapped. */
  #erasure(): string {
    if (this.#drawn === undefined) return "";
    const { view, size, theme } = this.#drawn;
    // Of what could not be drawn Ink leaves an empty row.
    const rows = this.#run.failed ? [[]] : liveRows(view, size, theme);
    return eraseFrame(rows, this.#options.stdout.columns || size.columns);
  }

  #restart(before: string, from: number): void {
    this.#run.stop();
    this.#options.stdout.write(before);
    this.#run = new InkRun(this.#options);
    this.#from = from;
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
