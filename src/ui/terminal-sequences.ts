import { type Row, rowWidth } from "./row.ts";

const esc = "\u001b";

/** Pastes come between marks from now on. */
export const beginPastes = `${esc}[?2004h`;

/**
 * As the terminal was: no marks around pastes, no frame held back, the cursor shown, no style left
 * on. Harmless where nothing was changed.
 */
export const restoreTerminal = `${esc}[?2026l${esc}[?2004l${esc}[0m${esc}[?25h`;

/** Everything on the screen goes, and the cursor to its first row; the scrollback stays. */
export const clearScreen = `${esc}[H${esc}[2J`;

/**
 * Takes a frame away after the terminal was resized, the cursor being in the row below it: most
 * terminals have wrapped its rows anew by then, so that there may be more of them than were drawn.
 */
export function eraseFrame(rows: readonly Row[], columns: number): string {
  const height = rows.reduce(
    (sum, row) => sum + Math.max(1, Math.ceil(rowWidth(row) / Math.max(1, columns))),
    0,
  );
  return `\r${height > 0 ? `${esc}[${height}A` : ""}${esc}[J`;
}
