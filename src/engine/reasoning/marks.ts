/** How a model marks its reasoning in the text that it writes. */
export interface ReasoningMarks {
  /** Spellings that open it. Whitespace before and after them does not matter. */
  readonly opens: readonly string[];
  /** Spellings that close it; the first one that comes does. */
  readonly closes: readonly string[];
}

/**
 * The spellings that models use. All but the last three are in the chat templates that llama.cpp
 * keeps in models/templates; each row names one of them.
 */
export const reasoningMarks: readonly ReasoningMarks[] = [
  // Qwen-Qwen3-0.6B, and 28 others.
  { opens: ["<think>"], closes: ["</think>"] },
  // tencent-Hy3.
  { opens: ["<think:opensource>"], closes: ["</think:opensource>"] },
  // ByteDance-Seed-OSS.
  { opens: ["<seed:think>"], closes: ["</seed:think>"] },
  // MiniMax-M3.
  { opens: ["<mm:think>"], closes: ["</mm:think>"] },
  // unsloth-Apriel-1.5.
  { opens: ["<thinking>"], closes: ["</thinking>"] },
  // Apriel-1.6-15b-Thinker-fixed: the prompt ends with this sentence.
  { opens: ["Here are my reasoning steps:"], closes: ["[BEGIN FINAL RESPONSE]"] },
  // mistralai-Ministral-3-14B-Reasoning-2512.
  { opens: ["[THINK]"], closes: ["[/THINK]"] },
  // CohereForAI-c4ai-command-r7b-12-2024-tool_use.
  { opens: ["<|START_THINKING|>"], closes: ["<|END_THINKING|>"] },
  // Apertus-8B-Instruct.
  { opens: ["<|inner_prefix|>"], closes: ["<|inner_suffix|>"] },
  // google-gemma-4-31B-it.
  { opens: ["<|channel>thought"], closes: ["<channel|>"] },
  // openai-gpt-oss-120b: after the first message the model writes the next one's head itself.
  {
    opens: ["<|channel|>analysis<|message|>", "<|start|>assistant<|channel|>analysis<|message|>"],
    closes: ["<|end|>", "<|channel|>final"],
  },
  // upstage-Solar-Open-100B.
  { opens: ["<|think|>", "<|begin|>assistant<|think|>"], closes: ["<|end|>"] },
  // Kimi-K3.
  { opens: ["<|open|>think<|sep|>"], closes: ["<|close|>think<|sep|>"] },
  // muse-glimmer.
  {
    opens: ["to=self<|message|>", "<|start|>assistant to=self<|message|>"],
    closes: ["<|eom|>"],
  },
  // Kimi-VL-Thinking, EXAONE Deep, and models trained to answer in <reasoning> and <answer>.
  { opens: ["◁think▷"], closes: ["◁/think▷"] },
  { opens: ["<thought>"], closes: ["</thought>"] },
  { opens: ["<reasoning>"], closes: ["</reasoning>"] },
];

/** The marks of which one opens reasoning at the end of `text`, but for whitespace. */
export function openAtEnd(text: string): ReasoningMarks | undefined {
  const end = text.trimEnd();
  return reasoningMarks.find(({ opens }) => opens.some((open) => end.endsWith(open)));
}

/** What the start of an answer shows: reasoning with the text after its mark, nothing yet, or neither. */
export type AnswerStart =
  | { readonly type: "reasoning"; readonly marks: ReasoningMarks; readonly rest: string }
  | { readonly type: "open" }
  | { readonly type: "answer" };

/** Looks for a mark that opens reasoning where `text` starts, but for whitespace. */
export function answerStart(text: string): AnswerStart {
  const start = text.trimStart();
  let open = false;
  for (const marks of reasoningMarks) {
    for (const mark of marks.opens) {
      if (start.startsWith(mark)) {
        return { type: "reasoning", marks, rest: start.slice(mark.length) };
      }
      open ||= mark.startsWith(start);
    }
  }
  return { type: open ? "open" : "answer" };
}

/** The text after the first mark that closes the reasoning; undefined while it goes on. */
export function textAfterClose(text: string, { closes }: ReasoningMarks): string | undefined {
  const ends = closes.flatMap((close) => {
    const at = text.indexOf(close);
    return at < 0 ? [] : [at + close.length];
  });
  return ends.length === 0 ? undefined : text.slice(Math.min(...ends));
}

/** The end of `text` that may be the start of a mark that closes the reasoning. */
export function possibleClose(text: string, { closes }: ReasoningMarks): string {
  return text.slice(1 - Math.max(...closes.map(({ length }) => length)));
}
