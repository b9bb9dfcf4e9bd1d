import {
  type AnswerSettings,
  type DeriveSettings,
  type SettingValues,
  settingNames,
} from "../chat/settings.ts";
import type { GenerateRequest } from "../engine/pair.ts";
import { usageError } from "../errors.ts";
import { type ChatFlags, type ChatValues, chatDefaults } from "./chat-options.ts";
import type { Config } from "./config.ts";
import { type Configured, configure } from "./configure.ts";
import { type GenerateDrafting, generateDrafting, type HeadsFile } from "./generate-drafting.ts";
import { chatValues } from "./preset-values.ts";
import { samplerSettings } from "./sampler-options.ts";
import { requireRaw } from "./special-option.ts";

/** What the flags of a chat come to, and how it reads settings that change. */
export interface ChatSettings extends Configured<ChatValues> {
  readonly values: SettingValues;
  readonly derive: DeriveSettings;
  /** Branches that the pair has to be opened for. */
  readonly maxBranches: number;
}

/** Trees that a chat may change to, whatever it begins with. */
const leastBranches = 16;

/**
 * Reads the flags of a chat. What is changed in the chat is read as if it had been a flag, so that
 * defaults follow and mistakes have the same words.
 *
 * @param heads the file of draft heads, where there is one and it has been read
 * @throws UserError for a value out of its range, and for values that contradict each other
 */
export function chatSettings(flags: ChatFlags, heads?: HeadsFile): ChatSettings {
  const configured = chatConfig(flags);
  const values = settingsIn(configured.config);
  const { treeSize } = generateDrafting(configured.config).request;
  const maxBranches = Math.max(leastBranches, treeSize);
  const derive: DeriveSettings = (wanted) => {
    const changed = settingNames.filter((name) => wanted[name] !== values[name]);
    const changes = Object.fromEntries(changed.map((name) => [name, wanted[name]]));
    const { config } = configureWith(flags, changes);
    return answerSettings(config, maxBranches, heads);
  };
  return { ...configured, values, derive, maxBranches };
}

/**
 * What the flags say, before any file is read.
 *
 * @throws UserError as `configure` does
 */
export function chatConfig(flags: ChatFlags): Configured<ChatValues> {
  return configureWith(flags, {});
}

function configureWith(flags: ChatFlags, changes: Partial<SettingValues>): Configured<ChatValues> {
  const plain = flags.plain === true ? { "draft-len": "0" } : {};
  // Without a drafter no length is left to contradict it.
  const none = changes.drafter === "none" ? { "draft-len": "0" } : {};
  const configured = configure<ChatValues>(
    { ...flags, ...plain, ...changes, ...none },
    { defaults: chatDefaults, ofPreset: chatValues },
  );
  requireRaw(configured.config);
  return configured;
}

function settingsIn({ values }: Config<ChatValues>): SettingValues {
  return Object.fromEntries(settingNames.map((name) => [name, values[name]])) as SettingValues;
}

function answerSettings(
  config: Config<ChatValues>,
  maxBranches: number,
  heads: HeadsFile | undefined,
): AnswerSettings {
  const { choice, request, remarks } = generateDrafting(config, heads);
  if (request.treeSize > maxBranches) {
    throw usageError(
      `this chat was started for trees of ${maxBranches} tokens at most`,
      `Start it with --tree-size ${request.treeSize}, or choose a smaller tree.`,
    );
  }
  return {
    pass: { ...request, sampler: samplerSettings(config.values) },
    values: settingsIn(config),
    label: labelOf(choice, request),
    lossy: request.typical !== undefined,
    remarks,
  };
}

/** What drafts and how much, in a word or two. */
function labelOf(
  choice: GenerateDrafting["choice"],
  {
    draftLength,
    adaptive,
    treeSize,
  }: Pick<GenerateRequest, "draftLength" | "adaptive" | "treeSize">,
): string {
  if (choice === "none" || draftLength === 0) return "plain";
  const tree = treeSize > 0 && !adaptive ? `, tree of ${treeSize}` : "";
  return `${choice} ${adaptive ? "auto" : draftLength}${tree}`;
}
