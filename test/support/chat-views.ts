import type {
  Activity,
  ChatView,
  ComparisonView,
  DetailsView,
  EditorView,
  Span,
  StatusView,
} from "../../src/chat/view.ts";

/** Text of the target's own. */
export function target(text: string): Span {
  return { text, kind: "target" };
}

/** Drafted text that was accepted. */
export function draft(text: string, q?: number, drafter = "draft"): Span {
  return { text, kind: "draft", drafter, ...(q === undefined ? {} : { q }) };
}

/** Drafted text that was turned down, and what stands in its place. */
export function corrected(wrong: string, right: string): Span[] {
  return [
    { text: wrong, kind: "rejected", q: 0.4, drafter: "draft" },
    { text: right, kind: "correction" },
  ];
}

/** An answer in which everything occurs. */
export const sampleSpans: readonly Span[] = [
  target("A"),
  draft(" small", 0.97),
  draft(" model", 0.92),
  draft(" guesses", 0.6),
  target(" the"),
  draft(" next", 0.3),
  ...corrected(" word", " tokens"),
  draft(",", undefined, "ngram"),
  draft(" and the", 0.7, "ngram"),
  target(" large one checks them."),
];

export const emptyStatus: StatusView = {
  tokensPerSecond: Number.NaN,
  againstPlain: undefined,
  acceptanceRate: Number.NaN,
  meanAcceptanceLength: Number.NaN,
  drafting: "draft 4",
  passes: [],
  contextTokens: 0,
  contextSize: 4096,
  lossy: false,
};

export const sampleStatus: StatusView = {
  tokensPerSecond: 42.13,
  againstPlain: { ratio: 1.337, measuredBy: "at load" },
  acceptanceRate: 0.78,
  meanAcceptanceLength: 2.64,
  drafting: "draft 4",
  passes: [4, 2, 0, 1, 3, 4, 4, 0].map((accepted) => ({ accepted, drafted: 4 })),
  contextTokens: 512,
  contextSize: 4096,
  lossy: false,
};

export const sampleDetails: DetailsView = {
  positions: [
    { drafted: 120, accepted: 110 },
    { drafted: 110, accepted: 84 },
    { drafted: 84, accepted: 50 },
    { drafted: 50, accepted: 21 },
  ],
  draftMs: 1200,
  verifyMs: 4100,
  overheadMs: 260,
  passes: 120,
  tokens: 312,
  prefillMs: 310,
  promptTokens: 512,
  reusedTokens: 480,
  byHeads: false,
};

export const emptyEditor: EditorView = {
  text: "",
  cursor: 0,
  placeholder: "Ask something, or /help",
  completions: [],
  chosen: -1,
};

/** An editor with a text, the cursor at its end unless said otherwise. */
export function editorWith(text: string, cursor = text.length): EditorView {
  return { ...emptyEditor, text, cursor };
}

export const sampleCompletions = [
  { word: "/compare", describe: "answer the next question both ways" },
  { word: "/clear", describe: "begin a new conversation" },
  { word: "/copy", describe: "print the last answer as it is" },
];

export const sampleComparison: ComparisonView = {
  plain: { title: "plain", spans: [target("The same text, word by word.")], tokensPerSecond: 31.2 },
  speculative: {
    title: "draft 4",
    spans: [target("The"), draft(" same text, word"), ...corrected(" for", " by"), draft(" word.")],
    tokensPerSecond: 41.8,
  },
  ratio: 1.34,
  verdict: "Both texts are equal.",
};

/** One of each kind. */
export const activities: readonly Activity[] = [
  {
    type: "loading",
    loads: [
      { model: "target", file: "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf", fraction: 0.62 },
      { model: "draft", file: "qwen2.5-coder-0.5b-instruct-q8_0.gguf", fraction: 0 },
    ],
  },
  { type: "idle" },
  { type: "reading", done: 128, total: 512 },
  { type: "answering" },
  { type: "comparing", side: "speculative", comparison: sampleComparison },
  { type: "crashed", message: "the engine host ended with signal SIGSEGV" },
];

/** A chat that has just begun, with what is changed of it. */
export function viewWith(changes: Partial<ChatView> = {}): ChatView {
  return {
    transcript: [],
    activity: { type: "idle" },
    live: { spans: [], startsLine: true },
    provenance: "subtle",
    editor: emptyEditor,
    status: emptyStatus,
    details: undefined,
    hint: "Enter sends · Ctrl-O provenance · Ctrl-T details · Ctrl-C quits",
    ...changes,
  };
}
