import { draftersOf } from "../../drafter-choice.ts";
import type { Pair, PairInfo, PromptFacts } from "../../engine/pair.ts";
import { UserError } from "../../errors.ts";
import { plainCell } from "../plain-cell.ts";
import type { BenchPlan } from "../plan.ts";
import { spelledWarnings } from "../prompt-kinds.ts";
import type { BenchPrompt, BenchWarning } from "../report.ts";
import { requestFor } from "../request.ts";
import { runSample } from "../run-sample.ts";
import { type LongPrompt, leftOutWarning, nothingFits, tooLongError } from "./too-long.ts";

/** Who listens, and what is to happen to prompts that do not fit. */
export interface PrepareHooks {
  /** Leaves prompts out that do not fit the context; otherwise they are refused. */
  readonly skipTooLong: boolean;
  /** Stops within one pass. */
  readonly signal?: AbortSignal | undefined;
  /** Stops before the next answer. */
  readonly stop?: AbortSignal | undefined;
  readonly onStep?: (text: string) => void;
}

/** Prompts that can run as they are. */
export interface PreparedPrompts {
  readonly prompts: readonly BenchPrompt[];
  /** About those that were left out, and those that spell control tokens. */
  readonly warnings: readonly BenchWarning[];
}

/** After this many prompts a step is shown. */
const shownEvery = 100;

/**
 * Makes the prompts of a plan ready to run: checks that they fit the context, and asks the target the
 * earlier turns of conversations, once and without speculation, at temperature 0. So later turns have
 * the same history in every cell. The plan's prompts have the turns of a conversation one after the
 * other.
 *
 * @returns undefined where a signal stopped it
 * @throws UserError that names every prompt that does not fit, or the first that cannot be read
 */
export async function preparePrompts(
  pair: Pair,
  plan: BenchPlan,
  hooks: PrepareHooks,
): Promise<PreparedPrompts | undefined> {
  return new Preparation(pair, plan, hooks).run();
}

/** The state of one preparation between its steps. */
class Preparation {
  readonly #pair: Pair;
  readonly #plan: BenchPlan;
  readonly #hooks: PrepareHooks;
  readonly #room: number;
  readonly #tooLong: LongPrompt[] = [];
  /** Control tokens that prompts spell as plain text, by prompt id. */
  readonly #spelled = new Map<string, readonly string[]>();

  constructor(pair: Pair, plan: BenchPlan, hooks: PrepareHooks) {
    this.#pair = pair;
    this.#plan = plan;
    this.#hooks = hooks;
    this.#room = roomFor(pair.info, plan);
  }

  async run(): Promise<PreparedPrompts | undefined> {
    const conversations = await this.#fitting(conversationsOf(this.#plan.settings.prompts));
    if (conversations === undefined) return undefined;
    this.#refuse();
    const prompts = await this.#answered(conversations);
    if (prompts === undefined) return undefined;
    this.#refuse();
    if (prompts.length === 0) throw nothingFits(this.#tooLong, this.#room);
    return { prompts, warnings: this.#warnings() };
  }

  #warnings(): BenchWarning[] {
    const isComplete = this.#tooLong.length === 0;
    return [
      ...(isComplete ? [] : [leftOutWarning(this.#tooLong, this.#room)]),
      ...spelledWarnings(this.#spelled),
    ];
  }

  #refuse(): void {
    const { skipTooLong } = this.#hooks;
    if (this.#tooLong.length > 0 && !skipTooLong) throw tooLongError(this.#tooLong, this.#room);
  }

  /** The conversations whose first turn fits. */
  async #fitting(all: readonly Conversation[]): Promise<Conversation[] | undefined> {
    const fitting: Conversation[] = [];
    for (const [i, conversation] of all.entries()) {
      if (this.#isStopped()) return undefined;
      if (i > 0 && i % shownEvery === 0) this.#step(`reading prompts ${i}/${all.length}`);
      const [first, ...later] = conversation;
      if (await this.#fits(first, later)) fitting.push(conversation);
    }
    return fitting;
  }

  /** The prompts of all conversations, later turns with the answers before them. */
  async #answered(conversations: readonly Conversation[]): Promise<BenchPrompt[] | undefined> {
    const total = conversations.reduce((sum, { length }) => sum + length - 1, 0);
    const prompts: BenchPrompt[] = [];
    let done = 0;
    for (const [first, ...later] of conversations) {
      prompts.push(first);
      let before: BenchPrompt = first;
      for (const [i, turn] of later.entries()) {
        if (this.#isStopped()) return undefined;
        this.#step(`answering earlier turns ${++done}/${total}`);
        const answer = await this.#answer(before);
        if (answer === undefined) return undefined;
        before = {
          ...turn,
          history: [...asHistory(before), { role: "assistant", content: answer }],
        };
        if (!(await this.#fits(before, later.slice(i + 1)))) break;
        prompts.push(before);
      }
    }
    return this.#isStopped() ? undefined : prompts;
  }

  async #answer(prompt: BenchPrompt): Promise<string | undefined> {
    const order = { prompt, repetition: 0, request: this.#request(prompt) };
    return (await runSample(this.#pair, order, this.#hooks.signal))?.sample.text;
  }

  /** Whether a prompt fits; otherwise the turns after it do not, either. */
  async #fits(prompt: BenchPrompt, after: readonly BenchPrompt[]): Promise<boolean> {
    const { tokens, spelled } = await this.#inspect(prompt);
    if (tokens < this.#room) {
      if (spelled.length > 0) this.#spelled.set(prompt.id, spelled);
      return true;
    }
    const unasked = after.map(({ id }): LongPrompt => ({ id, tokens: undefined }));
    this.#tooLong.push({ id: prompt.id, tokens }, ...unasked);
    return false;
  }

  async #inspect(prompt: BenchPrompt): Promise<PromptFacts> {
    try {
      return await this.#pair.inspectPrompt(this.#request(prompt).prompt);
    } catch (error) {
      if (!(error instanceof UserError) || error.exitCode === 130) throw error;
      const data = error.toData();
      const message = `prompt ${prompt.id}: ${data.message}`;
      throw new UserError({ ...data, message }, { cause: error });
    }
  }

  /** Plain decoding at temperature 0. */
  #request(prompt: BenchPrompt) {
    const { seed } = this.#plan.settings;
    return requestFor(this.#plan, this.#pair.info, { cell: plainCell(0), prompt, seed });
  }

  #step(text: string): void {
    this.#hooks.onStep?.(text);
  }

  #isStopped(): boolean {
    const { signal, stop } = this.#hooks;
    return signal?.aborted === true || stop?.aborted === true;
  }
}

/** The turns of one conversation; an ordinary prompt is one by itself. */
type Conversation = readonly [first: BenchPrompt, ...later: BenchPrompt[]];

function conversationsOf(prompts: readonly BenchPrompt[]): Conversation[] {
  const conversations: [BenchPrompt, ...BenchPrompt[]][] = [];
  for (const prompt of prompts) {
    if (prompt.turn === undefined) conversations.push([prompt]);
    else conversations.at(-1)?.push(prompt);
  }
  return conversations;
}

/** A prompt as what was said before the next one. */
function asHistory({ history = [], prompt }: BenchPrompt): NonNullable<BenchPrompt["history"]> {
  return [...history, { role: "user", content: prompt }];
}

/** Tokens that prompt and answer have together: the smaller context where a draft model drafts. */
function roomFor({ contextSize, draft }: PairInfo, { cells }: BenchPlan): number {
  const drafts = cells.some(({ drafter }) => draftersOf(drafter).includes("draft"));
  return Math.min(contextSize, (drafts && draft?.trainedContext) || Number.POSITIVE_INFINITY);
}
