import type { DoneReason } from "../decoding/events.ts";
import { addCounts, type Counts, tokensPerSecond } from "../decoding/metrics.ts";
import { reasoningCounts } from "../decoding/reasoning-counts.ts";
import { addItems, type NewItem, note } from "./actions.ts";
import { answerItem } from "./answer-items.ts";
import { type Comparing, comparisonView } from "./compare.ts";
import { type Answer, answerLast, withdrawLast } from "./conversation.ts";
import { editorWith } from "./editor.ts";
import { eventsOf } from "./event-log.ts";
import { figuresOf } from "./figures.ts";
import { finishLive } from "./live.ts";
import type { ChatState, Run } from "./state.ts";

/** The chat after the end of what ran: of its own, or stopped. */
export function finishRun(state: ChatState, reason: DoneReason): ChatState {
  const { phase } = state;
  if (phase.type === "comparing") return finishComparing(state, phase.comparing);
  if (phase.type !== "running") return state;
  const { run } = phase;
  if (run.counts.tokens === 0) {
    const text = "stopped before the first word";
    return run.kind === "plain"
      ? addItems({ ...state, phase: { type: "idle" } }, [note("info", text)])
      : giveBack(state, note("info", text, "The question is back; Enter asks it again."));
  }
  const ended = scrollAway(state, run);
  const next =
    run.kind === "answer" ? keepAnswer(ended, run, reason) : keepRate(ended, run.counts, "/plain");
  return addItems({ ...next, lastCounts: run.counts }, [
    figuresItem(next, run, reason),
    ...endingNotes(run, reason),
  ]);
}

/** Moves what is left of an answer into the transcript. */
export function scrollAway(state: ChatState, { live }: Run): ChatState {
  const { columns, provenance } = state;
  const rest = finishLive(live, { columns, provenance });
  return addItems({ ...state, phase: { type: "idle" } }, rest.map(answerItem(provenance)));
}

/** Takes a question back that has no answer; it comes into the editor where that is empty. */
export function giveBack(state: ChatState, said: NewItem): ChatState {
  const { conversation, editor } = state;
  const question = conversation.turns.at(-1)?.question ?? "";
  const next: ChatState = {
    ...state,
    phase: { type: "idle" },
    conversation: withdrawLast(conversation),
    editor: editor.text === "" ? editorWith(question) : editor,
  };
  return addItems(next, [said]);
}

function keepAnswer(state: ChatState, run: Run, reason: DoneReason): ChatState {
  const { text, events, counts, settings, seed } = run;
  const answer: Answer = { text, events, counts, reason, settings, seed };
  const { totals } = state;
  return {
    ...state,
    conversation: answerLast(state.conversation, answer),
    totals: { answers: totals.answers + 1, counts: addCounts(totals.counts, counts) },
  };
}

function keepRate(state: ChatState, counts: Counts, by: string): ChatState {
  const perSecond = tokensPerSecond(counts);
  if (!Number.isFinite(perSecond)) return state;
  return {
    ...state,
    plainRate: { tokensPerSecond: perSecond, measuredBy: `measured by ${by}` },
  };
}

function figuresItem({ plainRate }: ChatState, run: Run, reason: DoneReason): NewItem {
  const { counts, lossy, events } = run;
  const reasoning = reasoningCounts(eventsOf(events));
  const figures = figuresOf(counts, { reason, lossy, plainRate, reasoning });
  return { type: "figures", text: run.kind === "plain" ? `plain, not kept: ${figures}` : figures };
}

function endingNotes({ text, kind }: Run, reason: DoneReason): NewItem[] {
  if (text.trim() === "" && reason !== "aborted") {
    return [note("info", "the model ended its answer without a word", "Ask in other words.")];
  }
  if (reason !== "context" || kind === "plain") return [];
  return [
    note(
      "warning",
      "the answer fills the context: there is nothing left to drop",
      "Begin anew with /reset, or start with a larger --ctx.",
    ),
  ];
}

function finishComparing(state: ChatState, comparing: Comparing): ChatState {
  const ended: ChatState = { ...state, phase: { type: "idle" } };
  const measured = comparing.plain.finished
    ? keepRate(ended, comparing.plain.counts, "/compare")
    : ended;
  return addItems(measured, [{ type: "comparison", comparison: comparisonView(comparing) }]);
}
