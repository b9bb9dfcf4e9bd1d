/** One thing that a check found out. */
export interface Fact {
  /** Its name in JSON. */
  readonly key: string;
  /** Its name on the screen. */
  readonly label: string;
  readonly value: string | number | readonly string[];
  /** How the value reads on the screen; left out, as it is. */
  readonly text?: string;
}

/** Something that is not as it should be. */
export interface Problem {
  readonly message: string;
  readonly hint?: string;
  /** Further lines, for example the end of a log. */
  readonly details?: readonly string[];
}

/** What a check comes back with. */
export interface Finding {
  readonly facts: readonly Fact[];
  /** What does not work. */
  readonly failures?: readonly Problem[];
  /** What works, and not as well as it might. */
  readonly notes?: readonly Problem[];
}

/** A look at one part of the installation. */
export interface Check {
  /** One word, for people and for JSON. */
  readonly name: string;
  /** @throws UserError for what does not work: it counts as the check's failure */
  readonly run: (signal: AbortSignal) => Finding | Promise<Finding>;
}
