/** What `--drafter` may be: what drafts, in the order in which it is asked. */
export const drafterChoices = [
  "draft",
  "ngram",
  "ngram,draft",
  "draft,ngram",
  "heads",
  "ngram,heads",
  "heads,ngram",
  "none",
] as const;

/** One of them. */
export type DrafterChoice = (typeof drafterChoices)[number];

/** Something that drafts. */
export type DrafterName = "draft" | "ngram" | "heads";

/** The drafters of a choice, the first to be asked first. */
export function draftersOf(choice: DrafterChoice): DrafterName[] {
  return choice === "none" ? [] : (choice.split(",") as DrafterName[]);
}
