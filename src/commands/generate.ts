import { randomInt } from "node:crypto";
import { text as readAll } from "node:stream/consumers";
import type { ArgumentsCamelCase, CommandModule, InferredOptionTypes, Options } from "yargs";
import type { DoneReason, GenerateEvent } from "../decoding/events.ts";
import { type Counts, count, noCounts } from "../decoding/metrics.ts";
import type { GenerateRequest, Pair } from "../engine/pair.ts";
import { interrupted, usageError } from "../errors.ts";
import { figuresLine } from "./figures-line.ts";
import { interruptible } from "./interruption.ts";
import { maxDraftLength, maxTokensLimit, maxTopK } from "./limits.ts";
import { modelOptions, pairOptions } from "./model-options.ts";
import { parseNumber } from "./numbers.ts";
import { parseSeed, samplerOptions, samplerSettings } from "./sampler-options.ts";
import { StatusLine } from "./status-line.ts";
import { withPair } from "./with-pair.ts";

const options = {
  ...modelOptions,
  "draft-len": {
    type: "string",
    requiresArg: true,
    describe: "Tokens drafted for one pass; 0 decodes plainly [default: 4 with --draft, else 0]",
    group: "Drafting:",
  },
  "top-k": {
    type: "string",
    default: "10",
    requiresArg: true,
    describe: "Candidate filter: draft from the k likeliest tokens only; 0 for all",
    group: "Drafting:",
  },
  ...samplerOptions,
  seed: {
    type: "string",
    requiresArg: true,
    describe: "Seed for sampling; the same seed repeats a run [default: a new one]",
    group: "Sampling:",
  },
  "max-tokens": {
    type: "string",
    default: "256",
    requiresArg: true,
    describe: "Tokens to generate at most",
    group: "Output:",
  },
  stop: {
    type: "string",
    array: true,
    // One for each --stop: else it would take the prompt too.
    nargs: 1,
    describe: "End the text before this one; give it again for several",
    group: "Output:",
  },
  raw: {
    type: "boolean",
    default: false,
    describe: "Continue the prompt as it stands, without the model's chat template",
    group: "Output:",
  },
  json: {
    type: "boolean",
    default: false,
    describe: "Print every event as a line of JSON instead of the text",
    group: "Output:",
  },
} as const satisfies Record<string, Options>;

type Flags = InferredOptionTypes<typeof options> & { prompt: string | undefined };

/** `specdec generate`: text to stdout as it comes, one line of figures to stderr. */
export const generateCommand: CommandModule<object, Flags> = {
  command: "generate [prompt]",
  describe: "Answer one prompt and show how fast",
  builder: (yargs) =>
    yargs
      .positional("prompt", {
        type: "string",
        describe: "The prompt; - reads it from stdin",
      })
      // Without this yargs makes nothing of a lone -.
      .nargs("prompt", 1)
      .options(options)
      .example("$0 generate --target big.gguf --draft small.gguf 'Write a haiku'", "Speculatively")
      .example("$0 generate --target big.gguf 'Write a haiku'", "Plainly")
      .example("cat notes.txt | $0 generate --target big.gguf -", "Prompt from stdin"),
  handler: run,
};

async function run(flags: ArgumentsCamelCase<Flags>): Promise<void> {
  const pairWanted = pairOptions(flags);
  const prompt = await readPrompt(promptArgument(flags));
  const request = requestOf(flags, prompt);
  if (request.draftLength > 0 && pairWanted.draft === undefined) {
    throw usageError("--draft-len needs a draft model", "Name one with --draft FILE.");
  }
  const status = new StatusLine();
  await interruptible((signal) =>
    withPair(pairWanted, status, signal, async (pair) => {
      const events = withPrefillShown(pair.generate(withTemplate(request, pair), signal), status);
      const { counts, reason } = await print(events, flags.json ? printJson : printText);
      status.print(figuresLine(counts, { reason, seed: request.seed, sampler: request.sampler }));
      if (reason === "aborted") throw interrupted();
    }),
  );
}

/** yargs leaves what stands after `--` beside the named arguments. */
function promptArgument({ prompt, _: words }: ArgumentsCamelCase<Flags>): string | undefined {
  const [first, ...others] = [...(prompt === undefined ? [] : [prompt]), ...words.slice(1)];
  if (others.length === 0) return first === undefined ? undefined : String(first);
  throw usageError(`too many arguments: ${others.join(" ")}`, "Put the prompt in quotes.");
}

async function readPrompt(argument: string | undefined): Promise<string> {
  if (argument === undefined) {
    throw usageError("there is no prompt", "Give it as the last argument, or - for stdin.");
  }
  const prompt = argument === "-" ? await readAll(process.stdin) : argument;
  if (prompt.trim() !== "") return prompt;
  throw usageError("the prompt is empty", "Give some text, or - to read it from stdin.");
}

function requestOf(flags: ArgumentsCamelCase<Flags>, prompt: string): GenerateRequest {
  const draftLength = flags["draft-len"] ?? (flags.draft === undefined ? "0" : "4");
  return {
    prompt: flags.raw
      ? { type: "text", text: prompt }
      : { type: "chat", messages: [{ role: "user", content: prompt }] },
    draftLength: parseNumber(draftLength, {
      name: "--draft-len",
      min: 0,
      max: maxDraftLength,
      whole: true,
    }),
    topK: parseNumber(flags["top-k"], { name: "--top-k", min: 0, max: maxTopK, whole: true }),
    sampler: samplerSettings(flags),
    seed: flags.seed === undefined ? randomInt(2 ** 32 - 1) : parseSeed(flags.seed),
    maxTokens: parseNumber(flags["max-tokens"], {
      name: "--max-tokens",
      min: 1,
      max: maxTokensLimit,
      whole: true,
    }),
    stopTexts: flags.stop ?? [],
    wholeChunks: false,
    // Text that comes 25 times a second reads as a stream.
    eventsEveryMs: 40,
  };
}

/** A model without a chat template gets the prompt as it stands. */
function withTemplate(request: GenerateRequest, pair: Pair): GenerateRequest {
  const { prompt } = request;
  if (prompt.type === "text" || pair.info.target.hasChatTemplate) return request;
  const text = prompt.messages.map(({ content }) => content).join("\n");
  return { ...request, prompt: { type: "text", text } };
}

/** A long prompt takes a while; the line is gone before the first text. */
async function* withPrefillShown(
  events: AsyncIterable<GenerateEvent>,
  status: StatusLine,
): AsyncGenerator<GenerateEvent> {
  try {
    for await (const event of events) {
      if (event.type === "first-token") status.clear();
      if (event.type === "prefill" && event.model === "target") {
        status.show(`reading the prompt: ${Math.floor((event.done / event.total) * 100)} %`);
      }
      yield event;
    }
  } finally {
    status.clear();
  }
}

async function print(
  events: AsyncIterable<GenerateEvent>,
  printer: (event: GenerateEvent) => string,
): Promise<{ counts: Counts; reason: DoneReason }> {
  let counts = noCounts;
  let reason: DoneReason = "aborted";
  let lineEnded = true;
  try {
    for await (const event of events) {
      counts = count(counts, event);
      if (event.type === "done") reason = event.reason;
      const text = printer(event);
      if (text === "") continue;
      lineEnded = text.endsWith("\n");
      process.stdout.write(text);
    }
  } finally {
    // What is said of a failure begins on a line of its own.
    if (!lineEnded) process.stdout.write("\n");
  }
  return { counts, reason };
}

function printJson(event: GenerateEvent): string {
  return `${JSON.stringify(event)}\n`;
}

function printText(event: GenerateEvent): string {
  switch (event.type) {
    case "prefill":
      return "";
    case "first-token":
    case "round":
      return event.emitted.map(({ text }) => text).join("");
    case "done":
      return `${event.text}\n`;
  }
}
