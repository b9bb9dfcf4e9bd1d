import type { ScreenSize } from "./live-rows.ts";

/** A terminal's size. A pseudo-terminal may not know its own yet. */
export function sizeOf({ columns, rows }: NodeJS.WriteStream): ScreenSize {
  return { columns: columns || 80, rows: rows || 24 };
}
