import type { ChatMessage, Infill } from "../../engine/port.ts";
import { askedConversation, asksNothing, messagesOf } from "./messages.ts";
import {
  anyText,
  isGiven,
  isObject,
  type JsonObject,
  kindOf,
  listField,
  RowFault,
  textField,
} from "./row-fields.ts";

/** What a row asks: one prompt or several turns. */
export interface RowContent {
  /** What the user says, in order; each but the first follows the model's own answer. */
  readonly turns: readonly string[];
  /** What was said before the first turn, oldest first. */
  readonly history?: readonly ChatMessage[];
  /** Code around a gap, in place of a text. */
  readonly infill?: Infill;
}

/** A form of rows that people have. */
export interface PromptFormat {
  /** As `--prompts-format` names it. */
  readonly name: string;
  /** As messages name it. */
  readonly title: string;
  /** Keys that every row of it has. */
  readonly needs: readonly string[];
  /** Further keys that are read. */
  readonly reads: readonly string[];
  /** Further keys that rows of it often have, by which a bad row is recognised. */
  readonly signs: readonly string[];
  readonly example: string;
  /**
   * @returns undefined for a row that asks nothing
   * @throws RowFault
   */
  readonly read: (row: JsonObject) => RowContent | undefined;
}

/**
 * The formats, each known by its keys. Shapes: Spec-Bench's and FastChat's question.jsonl,
 * NVIDIA's SPEED-Bench, openai/human-eval, openai/grade-school-math, google-research/mbpp, OpenAI's
 * chat completions, ShareGPT's dumps, stanford_alpaca and databricks-dolly.
 */
export const promptFormats: readonly PromptFormat[] = [
  {
    name: "specdec",
    title: "specdec's own format",
    needs: ["prompt"],
    reads: ["history"],
    signs: ["name"],
    example: '{"id": "…", "category": "…", "prompt": "…"}',
    read: readOwn,
  },
  {
    name: "infill",
    title: "code to fill in",
    needs: ["infill"],
    reads: [],
    signs: ["suffix", "prefix"],
    example: '{"infill": {"prefix": "…", "suffix": "…"}}',
    read: ({ infill }) => infillRow(infillOf(infill)),
  },
  {
    name: "spec-bench",
    title: "Spec-Bench or MT-bench",
    needs: ["turns"],
    reads: [],
    signs: ["question_id", "reference"],
    example: '{"question_id": 81, "category": "writing", "turns": ["…", "…"]}',
    read: ({ turns }) => ({ turns: turnsOf(turns) }),
  },
  {
    name: "humaneval",
    title: "HumanEval",
    needs: ["task_id", "prompt"],
    reads: [],
    signs: ["entry_point", "canonical_solution", "test"],
    example: '{"task_id": "HumanEval/0", "prompt": "…"}',
    read: ({ prompt }) => ({ turns: [textField(prompt, "prompt")] }),
  },
  {
    name: "mbpp",
    title: "MBPP",
    needs: ["task_id", "text"],
    reads: [],
    signs: ["code", "test_list"],
    example: '{"task_id": 1, "text": "…"}',
    read: ({ text }) => ({ turns: [textField(text, "text")] }),
  },
  {
    name: "gsm8k",
    title: "GSM8K",
    needs: ["question"],
    reads: [],
    signs: ["answer"],
    example: '{"question": "…"}',
    read: ({ question }) => ({ turns: [textField(question, "question")] }),
  },
  {
    name: "math",
    title: "MATH",
    needs: ["problem"],
    reads: [],
    signs: ["solution"],
    example: '{"problem": "…"}',
    read: ({ problem }) => ({ turns: [textField(problem, "problem")] }),
  },
  {
    name: "openai",
    title: "OpenAI messages",
    needs: ["messages"],
    reads: [],
    signs: ["model", "temperature"],
    example: '{"messages": [{"role": "user", "content": "…"}]}',
    read: ({ messages }) => conversationOf(messages, "messages"),
  },
  {
    name: "sharegpt",
    title: "ShareGPT",
    needs: ["conversations"],
    reads: [],
    signs: ["conversation_id"],
    example: '{"conversations": [{"from": "human", "value": "…"}]}',
    read: ({ conversations }) =>
      asksNothing(conversations) ? undefined : conversationOf(conversations, "conversations"),
  },
  {
    name: "alpaca",
    title: "Alpaca",
    needs: ["instruction"],
    reads: ["input", "context"],
    signs: ["output", "response"],
    example: '{"instruction": "…", "input": "…"}',
    read: readAlpaca,
  },
];

/** Says what rows of a format, or of any, look like. */
export function formatHint(format: PromptFormat = promptFormats[0] as PromptFormat): string {
  return `One object a line: ${format.example}.`;
}

function readOwn({ prompt, history }: JsonObject): RowContent {
  const before = isGiven(history) && !isEmptyList(history) ? messagesOf(history, "history") : [];
  if (!Array.isArray(prompt)) return { turns: [textField(prompt, "prompt")], history: before };
  // A conversation in place of a text, as data for reinforcement learning has it.
  const asked = conversationOf(prompt, "prompt");
  return { ...asked, history: [...before, ...(asked.history ?? [])] };
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

function conversationOf(value: unknown, path: string): RowContent {
  const { history, prompt } = askedConversation(value, path);
  return { turns: [prompt], history };
}

function turnsOf(value: unknown): string[] {
  const turns = listField(value, "turns")
    .map((turn, i) => anyText(turn, `turns.${i}`))
    .filter((turn) => turn.trim() !== "");
  if (turns.length === 0) throw new RowFault("turns", "has no text");
  return turns;
}

function readAlpaca({ instruction, input, context }: JsonObject): RowContent {
  const about = [input, context].find((value) => isGiven(value) && value !== "");
  const parts = [textField(instruction, "instruction")];
  if (about !== undefined) parts.push(anyText(about, "input"));
  return { turns: [parts.join("\n\n")] };
}

/** The prompt of code around a gap is the code before it. */
function infillRow(infill: Infill) {
  return { turns: [infill.prefix], infill };
}

function infillOf(value: unknown): Infill {
  if (!isObject(value)) throw new RowFault("infill", `expected an object, got ${kindOf(value)}`);
  const prefix = anyText(value.prefix, "infill.prefix");
  const suffix = anyText(value.suffix, "infill.suffix");
  if (prefix.trim() === "" && suffix.trim() === "") throw new RowFault("infill", "is empty");
  return { prefix, suffix };
}
