/** What a comparison can be written as. */
export const comparisonFormats = ["table", "json", "markdown"] as const;

/** One of `comparisonFormats`. */
export type ComparisonFormat = (typeof comparisonFormats)[number];
