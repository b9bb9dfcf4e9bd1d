/** What a template is asked to write. */
export interface RenderRequest {
  /** The template's Jinja source. */
  readonly source: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** Milliseconds since 1970, for templates that write the date. */
  readonly now: number;
}

/** The text, or the template's own message. */
export type RenderAnswer =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "refused"; readonly reason: string };
