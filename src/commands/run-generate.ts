import { text as readAll } from "node:stream/consumers";
import type { ArgumentsCamelCase } from "yargs";
import { engineTemplate } from "../bench/template-settings.ts";
import type { DoneReason, GenerateEvent } from "../decoding/events.ts";
import { type Counts, count, noCounts } from "../decoding/metrics.ts";
import { type PartCounts, reasoningCounts } from "../decoding/reasoning-counts.ts";
import { draftersOf } from "../drafter-choice.ts";
import type { GenerateRequest, Pair, PromptInput } from "../engine/pair.ts";
import type { TemplateSettings } from "../engine/port.ts";
import { interrupted, usageError } from "../errors.ts";
import { readHeads } from "../models/read-heads.ts";
import { specialAsText } from "../special-as-text.ts";
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
import { specialRemarks } from "./special-option.ts";
import { StatusLine } from "./status-line.ts";
import { templateSettings } from "./template-settings.ts";
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
  const specialNotes = specialRemarks(config);
  const common = settingsOf(config.values);
  const template = engineTemplate(templateSettings(config));
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
    prompt: promptOf(await readPrompt(promptArgument(flags)), config.values, template),
  };
  const status = new StatusLine();
  for (const remark of [...remarks, ...specialNotes, ...drafting.remarks]) status.tell(remark);
  const askedForTree = config.origins["tree-size"] !== "default";
  await interruptible((signal) =>
    withPair(pairWanted, status, signal, async (pair) => {
      const fitting = withTreesOf(withTemplate(request, pair), pair, askedForTree);
      await warnOfSpecials(pair, fitting.prompt, status);
      const events = withPrefillShown(pair.generate(fitting, signal), status);
      const { counts, reason, reasoning } = await print(events, flags.json ? printJson : printText);
      const lossy = request.typical !== undefined;
      status.print(figuresLine(counts, { ...request, reason, reasoning, lossy }));
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

function promptOf(
  prompt: string,
  { raw, special }: GenerateValues,
  template: TemplateSettings | undefined,
): PromptInput {
  if (raw) return { type: "text", text: prompt, ...(special && { special }) };
  const messages = [{ role: "user" as const, content: prompt }];
  return { type: "chat", messages, ...(template && { template }) };
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
  if (prompt.type !== "chat" || pair.info.target.hasChatTemplate) return request;
  if (prompt.template?.source !== undefined) return request;
  const text = prompt.messages.map(({ content }) => content).join("\n");
  return { ...request, prompt: { type: "text", text } };
}

async function warnOfSpecials(pair: Pair, prompt: PromptInput, status: StatusLine): Promise<void> {
  const { spelled } = await pair.inspectPrompt(prompt);
  if (spelled.length === 0) return;
  const { text, hint } = specialAsText("the prompt", spelled);
  status.tell({ level: "warning", text, hint });
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
): Promise<{ counts: Counts; reason: DoneReason; reasoning: PartCounts | undefined }> {
  const seen: GenerateEvent[] = [];
  let lineEnded = true;
  try {
    for await (const event of events) {
      seen.push(event);
      const text = printer(event);
      if (text === "") continue;
      lineEnded = text.endsWith("\n");
      process.stdout.write(text);
    }
  } finally {
    // What is said of a failure begins on a line of its own.
    if (!lineEnded) process.stdout.write("\n");
  }
  const end = seen.at(-1);
  return {
    counts: seen.reduce(count, noCounts),
    reason: end?.type === "done" ? end.reason : "aborted",
    reasoning: reasoningCounts(seen),
  };
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
