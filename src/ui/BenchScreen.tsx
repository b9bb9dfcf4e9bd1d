import type { BenchView } from "../bench/live/view.ts";
import { benchRows } from "./bench-rows.ts";
import type { ScreenSize } from "./live-rows.ts";
import { Rows } from "./Rows.tsx";
import type { Theme } from "./theme.ts";
import { ThemeContext } from "./theme-context.ts";

/** What the screen is drawn from. */
export interface BenchScreenProps {
  readonly view: BenchView;
  readonly size: ScreenSize;
  readonly theme: Theme;
}

/** A running bench: how far it is, the run in hand, and the table so far. */
export function BenchScreen({ view, size, theme }: BenchScreenProps) {
  return (
    <ThemeContext value={theme}>
      <Rows rows={benchRows(view, size)} />
    </ThemeContext>
  );
}
