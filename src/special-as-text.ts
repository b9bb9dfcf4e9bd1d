/** What to say where a raw prompt spells control tokens that stay plain text. */
export interface SpecialAsText {
  readonly text: string;
  readonly hint: string;
}

/** Names that are listed; more are counted. */
const shown = 4;

/**
 * Words for it.
 *
 * @param where what spells them, for example "the prompt"
 * @param spelled the tokens' names, at least one
 */
export function specialAsText(where: string, spelled: readonly string[]): SpecialAsText {
  const more = spelled.length > shown ? ` and ${spelled.length - shown} more` : "";
  const names = spelled.slice(0, shown).join(", ");
  return {
    text: `control tokens spelled in ${where} are read as plain text: ${names}${more}`,
    hint: "Give --special if they are meant as tokens.",
  };
}
