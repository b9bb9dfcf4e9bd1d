import { text as readAll } from "node:stream/consumers";
import type { ArgumentsCamelCase } from "yargs";
import type { DoneReason, GenerateEvent } from "../decoding/events.ts";
import { type Counts, count, noCounts } from "../decoding/metrics.ts";
import { draftersOf } from "../drafter-choice.ts";
import type { GenerateRequest, Pair, PromptInput } from "../engine/pair.ts";
import { interrupted, usageError } from "../errors.ts";
import { readHeads } from "../models/read-heads.ts";
import { printableJson } from "../text/printable-json.ts";
import { withoutControls } from "../text/sanitise.ts";
import { answerLimits } from "./answer-limits.ts";
import { configure } from "./configure.ts";
import { figuresLine } from "./figures-line.ts";
import { type GenerateDrafting, generateDrafting } from "./generate-drafting.ts";
import { type GenerateFlags, type GenerateValues, generateDefaults } from "./generate-options.ts";
import { interruptible } from "./interruption.ts";
import { engineOptions } from "./model-options.ts";
import { printRendered } from "./output.ts";
import { needsOf, pairFiles } from "./pair-files.ts";
import { generateValues } from "./preset-values.ts";
import { configText } from "./print-config.ts";
import { samplerSettings } from "./sampler-options.ts";
import { StatusLine } from "./status-line.ts";
import { withPair } from "./with-pair.ts";

/**
 * Answers one prompt in an engine host, with the text on stdout as it comes. A terminal gets it
 * without control characters, as in a chat; a file or pipe gets what the model wrote.
 */
export async function runGenerateCommand(flags: ArgumentsCamelCase<GenerateFlags>): Promise<void> {
  const { config, preset, remarks } = configure<GenerateValues>(flags, {
    defaults: generateDefaults,
    ofPreset: generateValues,
  });
  const { choice } = generateDrafting(config);
  const common = settingsOf(config.values);
  const engine = engineOptions(config.values);
  if (flags["print-config"]) {
    printRendered(configText(config, preset, flags.json ? "json" : "table"));
    return;
  }
  const files = pairFiles(config, preset, needsOf(draftersOf(choice)));
  const [heads] = await readHeads(files.heads ?? []);
  const drafting = generateDrafting(config, heads);
  // A tree has at most as many branches as tokens.
  const maxBranches = drafting.request.treeSize;
  const pairWanted = { ...engine, maxBranches, ...files };
  const request = {
    ...common,
    ...drafting.request,
    prompt: promptOf(await readPrompt(promptArgument(flags)), config.values.raw),
  };
  const status = new StatusLine();
  for (const remark of [...remarks, ...drafting.remarks]) status.tell(remark);
  const askedForTree = config.origins["tree-size"] !== "default";
  await interruptible((signal) =>
    withPair(pairWanted, status, signal, async (pair) => {
      const fitting = withTreesOf(withTemplate(request, pair), pair, askedForTree);
      const events = withPrefillShown(pair.generate(fitting, signal), status);
      const { counts, reason } = await print(events, flags.json ? printJson : printText);
      status.print(
        figuresLine(counts, { ...request, reason, lossy: request.typical !== undefined }),
      );
      if (reason === "aborted") throw interrupted();
    }),
  );
}

/** yargs leaves what stands after `--` beside the named arguments. */
function promptArgument({
  prompt,
  _: words,
}: ArgumentsCamelCase<GenerateFlags>): string | undefined {
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

function promptOf(prompt: string, raw: boolean): PromptInput {
  return raw
    ? { type: "text", text: prompt }
    : { type: "chat", messages: [{ role: "user", content: prompt }] };
}

/**
 * Everything but the prompt and the drafting.
 *
 * @throws UserError for a value out of its range
 */
function settingsOf(
  values: GenerateValues,
): Omit<GenerateRequest, "prompt" | keyof GenerateDrafting["request"]> {
  return {
    sampler: samplerSettings(values),
    ...answerLimits(values),
    stopTexts: values.stop ?? [],
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

/** An engine without trees drafts a chain where no tree was asked for. */
function withTreesOf(request: GenerateRequest, pair: Pair, askedForTree: boolean): GenerateRequest {
  return askedForTree || pair.info.engine.trees ? request : { ...request, treeSize: 0 };
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
  return `${printableJson(event)}\n`;
}

function printText(event: GenerateEvent): string {
  const text = textIn(event);
  return process.stdout.isTTY ? withoutControls(text) : text;
}

function textIn(event: GenerateEvent): string {
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
