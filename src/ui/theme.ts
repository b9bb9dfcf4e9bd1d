/** What a text is drawn with: a part of what Ink's `<Text>` knows. */
export interface TextStyle {
  readonly color?: string;
  readonly dimColor?: boolean;
  readonly bold?: boolean;
  readonly underline?: boolean;
  readonly strikethrough?: boolean;
  readonly inverse?: boolean;
}

/** What a text means, apart from how that looks. */
export type StyleName =
  | "plain"
  | "dim"
  | "strong"
  /** Marks before questions and the editor. */
  | "mark"
  | "cursor"
  | "chosen"
  | "good"
  | "warning"
  | "error"
  /** A drafted token where nothing is said of the drafter's confidence. */
  | "draft"
  | "draft-sure"
  | "draft-likely"
  | "draft-unsure"
  /** The same for tokens that were looked up. */
  | "lookup"
  | "lookup-sure"
  | "lookup-likely"
  | "lookup-unsure"
  | "correction"
  | "rejected"
  | "share-draft"
  | "share-verify"
  | "share-overhead";

/** How everything looks. */
export interface Theme {
  readonly styles: Readonly<Record<StyleName, TextStyle>>;
  /** Around a rejected token where no colour sets it apart. */
  readonly rejectedBrackets: readonly [string, string];
}

/** Signs that stand for something, in one place. */
export const marks = {
  prompt: "› ",
  chosen: "› ",
  info: "· ",
  more: "…",
  between: " · ",
  newline: "⏎",
  column: " │ ",
  filled: "█",
  empty: "░",
  /** Draft, verification and overhead in one bar: told apart without colour. */
  shares: ["▒", "█", "░"],
  /** Accepted tokens of a pass, from none to all. */
  heights: ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"],
  /** A pass that drafted nothing. */
  undrafted: "·",
} as const;

const shared = {
  plain: {},
  dim: { dimColor: true },
  strong: { bold: true },
  cursor: { inverse: true },
} as const;

/** The sixteen colours that a terminal's own scheme makes legible, dark or light. */
const colourTheme: Theme = {
  styles: {
    ...shared,
    mark: { color: "cyan", bold: true },
    chosen: { color: "cyan", bold: true },
    good: { color: "green" },
    warning: { color: "yellow" },
    error: { color: "red" },
    draft: { color: "cyan" },
    "draft-sure": { color: "cyan", bold: true },
    "draft-likely": { color: "cyan" },
    "draft-unsure": { color: "cyan", dimColor: true },
    lookup: { color: "magenta" },
    "lookup-sure": { color: "magenta", bold: true },
    "lookup-likely": { color: "magenta" },
    "lookup-unsure": { color: "magenta", dimColor: true },
    correction: { color: "yellow", underline: true },
    rejected: { color: "red", strikethrough: true },
    "share-draft": { color: "cyan" },
    "share-verify": { color: "green" },
    "share-overhead": { dimColor: true },
  },
  rejectedBrackets: ["", ""],
};

const colourlessTheme: Theme = {
  styles: {
    ...shared,
    mark: { bold: true },
    chosen: { bold: true, underline: true },
    good: {},
    warning: { bold: true },
    error: { bold: true },
    draft: { underline: true },
    "draft-sure": { underline: true, bold: true },
    "draft-likely": { underline: true },
    "draft-unsure": { underline: true, dimColor: true },
    lookup: { underline: true },
    "lookup-sure": { underline: true, bold: true },
    "lookup-likely": { underline: true },
    "lookup-unsure": { underline: true, dimColor: true },
    correction: { bold: true },
    rejected: { dimColor: true, strikethrough: true },
    "share-draft": {},
    "share-verify": {},
    "share-overhead": {},
  },
  rejectedBrackets: ["[", "]"],
};

/** The theme for an environment: colours unless `NO_COLOR` is set or the terminal is a dumb one. */
export function themeFor(env: Readonly<Record<string, string | undefined>>): Theme {
  const colour = (env.NO_COLOR ?? "") === "" && env.TERM !== "dumb";
  return colour ? colourTheme : colourlessTheme;
}
