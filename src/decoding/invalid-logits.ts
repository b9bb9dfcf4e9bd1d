/**
 * A model gave logits that choose no token: NaN, infinite, or all −∞. Its weights are damaged, or it
 * overflows. The method does not know whose file that is.
 */
export class InvalidLogitsError extends Error {
  /** True where they came from what drafts, and not from the target. */
  readonly drafted: boolean;

  constructor(drafted = false) {
    super("the model gave logits that are no numbers");
    this.name = "InvalidLogitsError";
    this.drafted = drafted;
  }
}

/** The same error as one of what drafts; any other error as it is. */
export function asDrafted(error: unknown): unknown {
  return error instanceof InvalidLogitsError ? new InvalidLogitsError(true) : error;
}
