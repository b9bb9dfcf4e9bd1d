import { type Row, rowWidth } from "./row.ts";

const esc = "\u001b";

/** Pastes come between marks from now on. */
export const beginPastes = `${esc}[?2004h`;

/**
 * As the terminal was: no marks around pastes, no frame held back, the cursor shown, no style left
 * on. Harmless where nothing was changed.
 */
export const restoreTerminal = `${esc}[?2026l${esc}[?2004l${esc}[0m${esc}[?25h`;

/**
 * Everything on a screen of so many rows goes, and the cursor to its first one. Row by row, here and
 * below: tmux keeps in its scrollback what is cleared at once from the first row on.
 */
export function eraseScreen(rows: number): string {
  return `${esc}[${rows};1H${eraseUp(rows - 1)}`;
}

/**
 * Takes a frame away, the cursor being in the row below it. Where the terminal was resized, most of
 * them have wrapped its rows anew, so that there may be more of them than were drawn.
 */
export function eraseFrame(rows: readonly Row[], columns: number): string {
  const height = rows.reduce(
    (sum, row) => sum + Math.max(1, Math.ceil(rowWidth(row) / Math.max(1, columns))),
    0,
  );
  return eraseUp(height);
}

/** Erases the cursor's row and so many above it, and leaves the cursor at the begin of the first. */
function eraseUp(above: number): string {
  return `\r${esc}[2K${`${esc}[A${esc}[2K`.repeat(above)}`;
}
