/** What a report can be written as. */
export const reportFormats = ["table", "json", "markdown", "csv", "benchmark-action"] as const;

/** One of `reportFormats`. */
export type ReportFormat = (typeof reportFormats)[number];
