import type { ChatView } from "../chat/view.ts";
import { liveRows, type ScreenSize, textWidth } from "./live-rows.ts";
import { Rows } from "./Rows.tsx";
import { Transcript } from "./Transcript.tsx";
import type { Theme } from "./theme.ts";
import { ThemeContext } from "./theme-context.ts";

/** What the screen is drawn from. */
export interface ChatScreenProps {
  readonly view: ChatView;
  readonly size: ScreenSize;
  readonly theme: Theme;
  /** How many items of the transcript stand above already; left out for none. */
  readonly from?: number;
}

/** The chat: what is finished, and below it what goes on, the editor and the figures. */
export function ChatScreen({ view, size, theme, from = 0 }: ChatScreenProps) {
  return (
    <ThemeContext value={theme}>
      <Transcript
        items={view.transcript}
        from={from}
        width={textWidth(size)}
        provenance={view.provenance}
        theme={theme}
      />
      <Rows rows={liveRows(view, size, theme)} />
    </ThemeContext>
  );
}
