/** What a report can be written as. */
export const reportFormats = ["table", "json", "markdown", "csv"] as const;

/** One of `reportFormats`. */
export type ReportFormat = (typeof reportFormats)[number];
