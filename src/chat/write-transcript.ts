import { reasoningCounts } from "../decoding/reasoning-counts.ts";
import { markdownText } from "../text/markdown-text.ts";
import { withoutControls } from "../text/sanitise.ts";
import type { Answer, Conversation } from "./conversation.ts";
import { eventsOf } from "./event-log.ts";
import { figuresOf } from "./figures.ts";
import type { ChatState } from "./state.ts";
import type { TranscriptFormat } from "./transcript-format.ts";
import { type TranscriptFile, transcriptVersion } from "./transcript-schema.ts";

/** What of a chat is saved. */
export type Saved = Pick<ChatState, "conversation" | "info" | "settings">;

/** A conversation as a file: Markdown to read, JSON to load again. */
export function transcriptText(saved: Saved, format: TranscriptFormat): string {
  return format === "json" ? jsonText(saved) : conversationText(saved);
}

function jsonText({ conversation, info, settings }: Saved): string {
  const file: TranscriptFile = {
    specdec: "chat",
    version: transcriptVersion,
    models: {
      target: info?.target.file ?? "",
      draft: info?.draft?.file ?? null,
      ...(info?.heads && { heads: info.heads.map(({ file }) => file) }),
      engine: info === undefined ? "" : `${info.engine.engine} ${info.engine.release}`,
      contextSize: info?.contextSize ?? 0,
    },
    system: conversation.system ?? null,
    ...templateOf(conversation),
    settings: settings.values,
    turns: conversation.turns.map(({ question, answer }) => ({
      question,
      answer: answer === undefined ? null : answerJson(answer),
    })),
  };
  return `${JSON.stringify(file)}\n`;
}

function templateOf({ raw, template }: Conversation): Pick<TranscriptFile, "chatTemplate"> {
  if (raw || template === undefined) return {};
  const { source, kwargs } = template;
  return {
    chatTemplate: {
      ...(source !== undefined && { name: source.name }),
      ...(kwargs !== undefined && { kwargs }),
    },
  };
}

function answerJson({ text, reason, settings, seed, events }: Answer) {
  return { text, reason, settings, seed, events: eventsOf(events) };
}

function conversationText({ conversation, info }: Saved): string {
  const { system, turns } = conversation;
  const blocks = [
    "# Chat",
    ...(info === undefined ? [] : [modelLines(info)]),
    ...(system === undefined ? [] : ["## System", withoutControls(system)]),
    ...turns.flatMap(({ question, answer }) => [
      "## Question",
      withoutControls(question),
      ...(answer === undefined ? [] : answerBlocks(answer)),
    ]),
  ];
  return `${blocks.join("\n\n")}\n`;
}

function modelLines({
  target,
  draft,
  heads = [],
  engine,
  contextSize,
}: NonNullable<Saved["info"]>): string {
  return [
    `- target: ${markdownText(target.file)}`,
    ...(draft === undefined ? [] : [`- draft: ${markdownText(draft.file)}`]),
    ...heads.map(({ file }) => `- heads: ${markdownText(file)}`),
    `- engine: ${engine.engine} ${engine.release} on ${engine.backend}`,
    `- context: ${contextSize} tokens`,
  ].join("\n");
}

function answerBlocks({ text, counts, reason, settings, events }: Answer): string[] {
  const words = Object.entries(settings).map(([name, value]) => `${name} ${value}`);
  const reasoning = reasoningCounts(eventsOf(events));
  const lossy = counts.deviations > 0;
  const figures = figuresOf(counts, { reason, lossy, plainRate: undefined, reasoning });
  return ["## Answer", withoutControls(text), `*${figures}*`, `*${words.join(", ")}*`];
}
