import type { PassSettings } from "../engine/pair.ts";
import type { Remark } from "../errors.ts";

/** Settings that a chat changes, by their flags. */
export const settingNames = [
  "drafter",
  "draft-len",
  "top-k",
  "tree-size",
  "p-min",
  "temp",
] as const;

/** One of them. */
export type SettingName = (typeof settingNames)[number];

/** Their values, spelled as on the command line. */
export type SettingValues = Readonly<Record<SettingName, string>>;

/** What values come to. */
export interface AnswerSettings {
  readonly pass: PassSettings;
  /** As they count: what was not given may follow what was, as the tree size does the length. */
  readonly values: SettingValues;
  /** In the status line: for example "draft 4", "auto" or "plain". */
  readonly label: string;
  /** Typical acceptance acts. */
  readonly lossy: boolean;
  /** On values that have no effect. */
  readonly remarks: readonly Remark[];
}

/**
 * Reads values as the command line does.
 *
 * @throws UserError for a value out of its range, and for values that contradict each other
 */
export type DeriveSettings = (values: SettingValues) => AnswerSettings;

/** The same without drafts: plain decoding. */
export function plainly({ typical: _, ...pass }: PassSettings): PassSettings {
  return { ...pass, draftLength: 0, adaptive: false, drafters: [], treeSize: 0, pMin: 0 };
}

/** Whether anything drafts. */
export function isPlain({ draftLength, drafters }: PassSettings): boolean {
  return draftLength === 0 || drafters.length === 0;
}
