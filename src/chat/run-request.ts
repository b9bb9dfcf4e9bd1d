import { type DoneReason, emittedIn, type GenerateEvent } from "../decoding/events.ts";
import type {
  GenerateRequest,
  InteractivePair,
  PassSettings,
  PromptInput,
} from "../engine/pair.ts";
import type { Action, RunRequest } from "./actions.ts";
import { type Conversation, newestPart, promptOf } from "./conversation.ts";
import { fitConversation, roomFor } from "./fit-prompt.ts";
import { plainly } from "./settings.ts";
import { streamBatches } from "./stream-batches.ts";

/** What a run needs beside its request. */
export interface RunPorts {
  readonly pair: InteractivePair;
  readonly dispatch: (action: Action) => void;
  readonly signal: AbortSignal;
  /** As it is now: it may change while an answer is given. */
  readonly pass: () => PassSettings;
  readonly maxTokens: number;
  readonly stopTexts: readonly string[];
  readonly eventsEveryMs: number;
}

/**
 * Runs what was asked for, to its end.
 *
 * @throws UserError where the pair cannot
 */
export async function runRequest(request: RunRequest, ports: RunPorts): Promise<void> {
  if (request.kind === "compare") return compareAnswers(request, ports);
  return giveAnswer(request, ports);
}

/** One answer; it goes on after the oldest turns are dropped where it fills the context. */
async function giveAnswer(
  { kind, conversation, seed }: RunRequest,
  ports: RunPorts,
): Promise<void> {
  if (kind === "answer") await tellOfSpecials(conversation, ports);
  const begun: number[] = [];
  for (let kept: Conversation | undefined = conversation; ; ) {
    const pass = kind === "plain" ? plainly(ports.pass()) : ports.pass();
    kept = await dropTurns(kept, pass, begun.length, ports);
    if (kept === undefined) return;
    const prompt = { ...promptOf(kept), ...(begun.length > 0 && { begun: [...begun] }) };
    const reason = await stream({ prompt, pass, seed, wholeChunks: false, begun }, ports);
    if (reason !== "context" || ports.signal.aborted) {
      ports.dispatch({ type: "finished", reason });
      return;
    }
  }
}

/** What a raw question spells may not be what the model reads. */
async function tellOfSpecials(
  conversation: Conversation,
  { pair, dispatch }: RunPorts,
): Promise<void> {
  if (!conversation.raw || conversation.special) return;
  const { spelled } = await pair.inspectPrompt(newestPart(conversation));
  if (spelled.length > 0) dispatch({ type: "spelled", specials: spelled });
}

/**
 * Makes room for an answer, or for more of it.
 *
 * @returns undefined where there is none, and that has been said
 */
async function dropTurns(
  conversation: Conversation,
  pass: PassSettings,
  begun: number,
  { pair, maxTokens, dispatch, signal }: RunPorts,
): Promise<Conversation | undefined> {
  const room = roomFor(pair.info, pass, { maxTokens: maxTokens - begun, begun });
  const fit = await fitConversation(conversation, room, (prompt) => pair.countTokens(prompt));
  if (signal.aborted) {
    dispatch({ type: "finished", reason: "aborted" });
    return undefined;
  }
  // An answer that has filled the context needs a turn less to go on.
  if (begun > 0 && (!fit.fits || fit.dropped === 0)) {
    dispatch({ type: "finished", reason: "context" });
    return undefined;
  }
  if (!fit.fits) {
    dispatch({ type: "too-long", tokens: fit.tokens, room: room.prompt });
    return undefined;
  }
  if (fit.dropped > 0) dispatch({ type: "dropped", turns: fit.dropped });
  return fit.conversation;
}

/** The same question plainly and with drafts, from the same seed and in the same batches. */
async function compareAnswers(request: RunRequest, ports: RunPorts): Promise<void> {
  const { pair, dispatch, maxTokens } = ports;
  const pass = ports.pass();
  const room = roomFor(pair.info, pass, { maxTokens, begun: 0 });
  const fit = await fitConversation(request.conversation, room, (prompt) =>
    pair.countTokens(prompt),
  );
  if (!fit.fits) {
    dispatch({ type: "too-long", tokens: fit.tokens, room: room.prompt });
    return;
  }
  const prompt = promptOf(fit.conversation);
  const same = { prompt, seed: request.seed, wholeChunks: true };
  let reason = await stream({ ...same, pass: plainly(pass), begun: [] }, ports);
  if (!ports.signal.aborted) {
    dispatch({ type: "second-side" });
    reason = await stream({ ...same, pass, begun: [] }, ports);
  }
  dispatch({ type: "finished", reason });
}

interface StreamOptions {
  readonly prompt: PromptInput;
  readonly pass: PassSettings;
  readonly seed: number;
  readonly wholeChunks: boolean;
  /** Receives the tokens of the answer. */
  readonly begun: number[];
}

async function stream(
  { prompt, pass, seed, wholeChunks, begun }: StreamOptions,
  ports: RunPorts,
): Promise<DoneReason> {
  const { pair, signal, dispatch, stopTexts, eventsEveryMs } = ports;
  if (signal.aborted) return "aborted";
  const maxTokens = ports.maxTokens - begun.length;
  const request: GenerateRequest = {
    ...pass,
    ...{ prompt, seed, maxTokens, stopTexts, wholeChunks, eventsEveryMs },
  };
  let reason: DoneReason = "aborted";
  await streamBatches(pair.generate(request, signal), (events: readonly GenerateEvent[]) => {
    for (const event of events) {
      if (event.type === "done") reason = event.reason;
      begun.push(...emittedIn(event).map(({ token }) => token));
    }
    dispatch({ type: "events", events });
  });
  return reason;
}
