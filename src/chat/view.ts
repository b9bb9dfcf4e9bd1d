/**
 * What the screen shows, as plain data: `viewOf` makes it from the chat's state, `src/ui` draws it.
 * All texts are free of control characters but newlines.
 */

/** How much is shown of where tokens came from. */
export type Provenance = "off" | "subtle" | "full";

/** Where a piece of an answer came from. */
export type SpanKind =
  /** Drafted and accepted. */
  | "draft"
  /** The target's own: the first token, or one added behind an accepted draft. */
  | "target"
  /** The target's own instead of a rejected one. */
  | "correction"
  /** Drafted and turned down: no part of the answer, shown in full mode only. */
  | "rejected"
  /** The number of the head that drafted the piece before it: shown in full mode only, too. */
  | "head";

/** A piece of an answer: usually one token's text. */
export interface Span {
  readonly text: string;
  readonly kind: SpanKind;
  /** The drafter's probability of a drafted token, 0 to 1; left out where it has none. */
  readonly q?: number;
  /** What drafted it, as in `--drafter`; left out for the target's own. */
  readonly drafter?: string;
  /** Which draft head drafted it, from 1; left out where none did. */
  readonly head?: number;
}

/** Something that is finished and scrolls away; ids never repeat. */
export type TranscriptItem = { readonly id: number } & (
  | { readonly type: "banner"; readonly lines: readonly string[] }
  | { readonly type: "question"; readonly text: string }
  /** Whole lines of an answer, or as much of one long line as has left the live part. */
  | {
      readonly type: "answer";
      readonly spans: readonly Span[];
      readonly provenance: Provenance;
      /** False where it goes on in the middle of a line. */
      readonly startsLine: boolean;
    }
  /** What an answer came to, in one line. */
  | { readonly type: "figures"; readonly text: string }
  | {
      readonly type: "note";
      readonly level: "info" | "warning" | "error";
      readonly text: string;
      readonly hint?: string;
    }
  /** Lines in columns: of /help and /stats. */
  | {
      readonly type: "list";
      readonly title: string;
      readonly rows: readonly (readonly [name: string, text: string])[];
    }
  | { readonly type: "comparison"; readonly comparison: ComparisonView }
);

/** One question answered plainly and speculatively. */
export interface ComparisonView {
  readonly plain: ComparedAnswer;
  readonly speculative: ComparedAnswer;
  /** Speculative over plain, tokens/s; NaN until both are there. */
  readonly ratio: number;
  /** One sentence: whether the texts are equal, or where they part and by how much. */
  readonly verdict: string;
}

/** One side of a comparison. */
export interface ComparedAnswer {
  readonly title: string;
  readonly spans: readonly Span[];
  /** NaN until it is known. */
  readonly tokensPerSecond: number;
}

/** What a model's load has come to. */
export interface LoadView {
  readonly model: "target" | "draft";
  readonly file: string;
  /** 0 to 1. */
  readonly fraction: number;
}

/** The message that is being written. */
export interface EditorView {
  readonly text: string;
  /** Offset in `text`, in UTF-16 units, at the edge of a grapheme. */
  readonly cursor: number;
  /** Shown in an empty editor. */
  readonly placeholder: string;
  /** What Tab would complete, best first; empty for none. */
  readonly completions: readonly { readonly word: string; readonly describe: string }[];
  /** Index of the chosen completion; -1 for none. */
  readonly chosen: number;
}

/** The status line (definitions: docs/architecture.md, "Numbers"). A number is NaN where there is none. */
export interface StatusView {
  /** Of the answer that is being written, or of the last one. */
  readonly tokensPerSecond: number;
  /** Speed against plain decoding; undefined until plain was measured on this pair. */
  readonly againstPlain: { readonly ratio: number; readonly measuredBy: string } | undefined;
  readonly acceptanceRate: number;
  readonly meanAcceptanceLength: number;
  /** In force, with what drafts: for example "draft 4", "auto 2" or "plain". */
  readonly drafting: string;
  /** Accepted tokens of the last passes, oldest first, and how many were drafted. */
  readonly passes: readonly { readonly accepted: number; readonly drafted: number }[];
  readonly contextTokens: number;
  readonly contextSize: number;
  /** Typical acceptance is on. */
  readonly lossy: boolean;
}

/** The details panel: of the answer that is being written, or of the last one. */
export interface DetailsView {
  /** For each position of a draft from the first: how often drafted, and how often accepted. */
  readonly positions: readonly { readonly drafted: number; readonly accepted: number }[];
  readonly draftMs: number;
  readonly verifyMs: number;
  readonly overheadMs: number;
  readonly passes: number;
  readonly tokens: number;
  readonly prefillMs: number;
  readonly promptTokens: number;
  /** Prompt tokens that the cache already held. */
  readonly reusedTokens: number;
  /** Draft heads draft: pieces of text carry the number of theirs. */
  readonly byHeads: boolean;
}

/** What goes on. */
export type Activity =
  | { readonly type: "loading"; readonly loads: readonly LoadView[] }
  | { readonly type: "idle" }
  | { readonly type: "reading"; readonly done: number; readonly total: number }
  | { readonly type: "answering" }
  | {
      readonly type: "comparing";
      readonly side: "plain" | "speculative";
      readonly comparison: ComparisonView;
    }
  /** The engine host is gone; Enter starts it anew, Esc quits. */
  | { readonly type: "crashed"; readonly message: string };

/** Everything on the screen. */
export interface ChatView {
  /** Only grows. */
  readonly transcript: readonly TranscriptItem[];
  readonly activity: Activity;
  /** The part of the answer that has not scrolled away yet. */
  readonly live: {
    readonly spans: readonly Span[];
    readonly startsLine: boolean;
  };
  readonly provenance: Provenance;
  readonly editor: EditorView;
  readonly status: StatusView;
  /** Undefined where the panel is closed. */
  readonly details: DetailsView | undefined;
  /** One line below the editor: what the keys do now, or "press again to quit". */
  readonly hint: string;
}
