/** How wide a report is where nobody looks at it on a terminal. */
export const unseenWidth = 120;

/** What stdout is. */
export interface Screen {
  readonly width: number;
  readonly color: boolean;
  /** Whether somebody looks at it: charts are for eyes. */
  readonly charts: boolean;
}

/**
 * What stdout takes: the terminal's width, and colours where it shows them.
 *
 * @param unseen the width where it is no terminal
 */
export function screen(unseen: number = unseenWidth): Screen {
  const { isTTY, columns } = process.stdout;
  const color = isTTY === true && (process.env.NO_COLOR ?? "") === "";
  return { width: isTTY ? columns : unseen, color, charts: isTTY === true };
}
