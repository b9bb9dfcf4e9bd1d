import {
  type Counts,
  draftAcceptanceRate,
  meanAcceptanceLength,
  tokensPerSecond,
} from "../decoding/metrics.ts";
import type { PassSettings } from "../engine/pair.ts";
import { comparisonView } from "./compare.ts";
import { candidates } from "./completion.ts";
import { emptyLive } from "./live.ts";
import type { ChatState } from "./state.ts";
import type { Activity, ChatView, DetailsView, EditorView, StatusView } from "./view.ts";

/** What the screen shows of a chat. */
export function viewOf(state: ChatState): ChatView {
  const { spans, startsLine } = state.phase.type === "running" ? state.phase.run.live : emptyLive;
  const counts = countsShown(state);
  return {
    transcript: state.transcript,
    activity: activityOf(state),
    live: { spans, startsLine },
    provenance: state.provenance,
    editor: editorView(state),
    status: statusView(state, counts),
    details: state.detailsOpen ? detailsView(counts, state.settings.pass) : undefined,
    hint: state.hint ?? standingHint(state),
  };
}

/** Of what runs, or of the last that ran. */
function countsShown({ phase, lastCounts }: ChatState): Counts {
  if (phase.type === "running") return phase.run.counts;
  return phase.type === "comparing" ? phase.comparing[phase.comparing.side].counts : lastCounts;
}

function activityOf({ phase }: ChatState): Activity {
  switch (phase.type) {
    case "running": {
      const { reading } = phase.run;
      return reading === undefined ? { type: "answering" } : { type: "reading", ...reading };
    }
    case "comparing": {
      const { comparing } = phase;
      return { type: "comparing", side: comparing.side, comparison: comparisonView(comparing) };
    }
    default:
      return phase;
  }
}

function editorView({ editor, completion, phase }: ChatState): EditorView {
  const { text, cursor } = editor;
  const placeholder =
    phase.type === "loading"
      ? "Write while the models load"
      : "Ask something; /help lists commands";
  const completions = candidates(editor, completion);
  return { text, cursor, placeholder, completions, chosen: completion.chosen };
}

function statusView(state: ChatState, counts: Counts): StatusView {
  const { settings, passes, contextTokens, info, plainRate } = state;
  const perSecond = tokensPerSecond(counts);
  return {
    tokensPerSecond: perSecond,
    againstPlain: plainRate && {
      ratio: perSecond / plainRate.tokensPerSecond,
      measuredBy: plainRate.measuredBy,
    },
    acceptanceRate: draftAcceptanceRate(counts),
    meanAcceptanceLength: meanAcceptanceLength(counts),
    drafting: settings.label,
    passes,
    contextTokens,
    contextSize: info?.contextSize ?? Number.NaN,
    lossy: settings.lossy,
  };
}

function detailsView(counts: Counts, { draftLength, drafters }: PassSettings): DetailsView {
  const { draftMs, verifyMs, overheadMs, passes, tokens } = counts;
  const { prefillMs, promptTokens, reusedTokens, draftedAt, acceptedAt } = counts;
  const positions = draftedAt.map((drafted, i) => ({ drafted, accepted: acceptedAt[i] ?? 0 }));
  const times = { draftMs, verifyMs, overheadMs, prefillMs };
  const byHeads = draftLength > 0 && drafters.includes("heads");
  return { positions, ...times, passes, tokens, promptTokens, reusedTokens, byHeads };
}

function standingHint({ phase, editor }: ChatState): string {
  switch (phase.type) {
    case "loading":
      return "";
    case "idle":
      return editor.text === ""
        ? "/help lists commands and keys."
        : "Enter sends, Alt-Enter breaks the line.";
    case "running":
      return "Esc stops the answer.";
    case "comparing":
      return "Esc stops the comparison.";
    case "crashed":
      return "";
  }
}
