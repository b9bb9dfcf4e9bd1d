import { basename } from "node:path";
import { createInterface } from "node:readline";
import type { ArgumentsCamelCase } from "yargs";
import { engineTemplate } from "../bench/template-settings.ts";
import { bannerLines } from "../chat/banner.ts";
import { emptyHistory } from "../chat/history.ts";
import { runPipe } from "../chat/pipe.ts";
import { ChatSession } from "../chat/session.ts";
import type { ChatPair, SessionOptions } from "../chat/session-options.ts";
import type { Provenance } from "../chat/view.ts";
import type { GenerateRequest, PairOptions, PassSettings } from "../engine/pair.ts";
import { readHeads } from "../models/read-heads.ts";
import { visibleText } from "../text/visible-text.ts";
import { answerLimits } from "./answer-limits.ts";
import { appendHistory, chatFiles, historyFile, readHistory } from "./chat-files.ts";
import type { ChatFlags, ChatValues } from "./chat-options.ts";
import { type ChatSettings, chatConfig, chatSettings } from "./chat-settings.ts";
import { interruptible } from "./interruption.ts";
import { engineOptions } from "./model-options.ts";
import { printRendered } from "./output.ts";
import { type PairNeeds, pairFiles } from "./pair-files.ts";
import { configText } from "./print-config.ts";
import { showOnScreen } from "./show-on-screen.ts";
import { templateSettings } from "./template-settings.ts";

/** Holds a chat: on a screen where there is a terminal, else line by line. */
export async function runChatCommand(flags: ArgumentsCamelCase<ChatFlags>): Promise<void> {
  const { config, preset } = chatConfig(flags);
  const engine = engineOptions(config.values);
  const limits = answerLimits(config.values);
  const template = engineTemplate(templateSettings(config));
  if (flags["print-config"]) {
    printRendered(configText(config, preset, "table"));
    return;
  }
  const files = pairFiles(config, preset, chatNeeds(config.values));
  const [heads] = await readHeads(files.heads ?? []);
  const settings = chatSettings(flags, heads);
  const pairWanted = {
    ...engine,
    maxBranches: settings.maxBranches,
    ...files,
  };
  const onScreen = process.stdin.isTTY && process.stdout.isTTY && process.env.TERM !== "dumb";
  const options = { ...sessionOptions(settings, pairWanted), template, ...limits };
  if (onScreen) await chatOnScreen(options);
  else await chatByLines(options);
}

/**
 * Everything that drafts, so that /drafter finds it; but a preset's heads must not keep an engine from
 * running that has no hidden states for them.
 */
function chatNeeds({ engine, drafter }: ChatValues): PairNeeds {
  return { draft: true, heads: engine !== "node-llama-cpp" || drafter.includes("heads") };
}

async function chatOnScreen(options: SessionOptions): Promise<void> {
  const file = historyFile();
  const session = new ChatSession({
    ...options,
    history: await readHistory(file),
    appendHistory: (line) => appendHistory(file, line),
    columns: process.stdout.columns,
    measures: true,
  });
  await showOnScreen(session);
}

async function chatByLines(options: SessionOptions): Promise<void> {
  const session = new ChatSession(options);
  await interruptible((signal) =>
    runPipe(session, {
      lines: linesOf(process.stdin),
      writeAnswer: (text) => process.stdout.write(text),
      writeNote: (line) => process.stderr.write(`${visibleText(line)}\n`),
      signal,
    }),
  );
}

/** Begins to read with the first line that is asked for: what readline reads before then is lost. */
async function* linesOf(input: NodeJS.ReadableStream): AsyncGenerator<string> {
  yield* createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
}

/** All but what the place of the chat decides. */
function sessionOptions(
  { config, remarks, values, derive }: ChatSettings,
  pairWanted: PairOptions,
): Omit<SessionOptions, "seed" | "maxTokens"> {
  const { target, draft } = pairWanted;
  const { system, raw, special, stop = [], provenance } = config.values;
  const loads = [
    { model: "target", file: basename(target) } as const,
    ...(draft === undefined ? [] : [{ model: "draft", file: basename(draft) } as const]),
  ];
  return {
    banner: (info) => [
      ...remarks.map(({ level, text }) => `${level}: ${text}`),
      ...bannerLines(info),
    ],
    loads,
    settings: values,
    derive,
    system,
    raw,
    special,
    stopTexts: stop,
    provenance: provenance as Provenance,
    files: chatFiles,
    startPair: async ({ onProgress, signal }) => {
      const { startHost } = await import("../engine/host/client.ts");
      const pair = await startHost(pairWanted, {
        signal,
        onProgress: (progress) => {
          onProgress(progress);
          return true;
        },
      });
      return withTreesOf(pair, config.origins["tree-size"] !== "default");
    },
    history: emptyHistory,
    appendHistory: async () => {},
    columns: 80,
    measures: false,
  };
}

/** An engine without trees drafts chains where no tree was asked for. */
function withTreesOf(pair: ChatPair, askedForTree: boolean): ChatPair {
  if (askedForTree || pair.info.engine.trees) return pair;
  const chains = <S extends PassSettings | GenerateRequest>(settings: S): S => ({
    ...settings,
    treeSize: 0,
  });
  return {
    info: pair.info,
    generate: (request, signal) => pair.generate(chains(request), signal),
    adjust: (settings) => pair.adjust(chains(settings)),
    countTokens: (prompt) => pair.countTokens(prompt),
    inspectPrompt: (prompt) => pair.inspectPrompt(prompt),
    timeRounds: (request, signal) => pair.timeRounds(request, signal),
    close: () => pair.close(),
  };
}
