import type { GenerateRequest, TunablePair } from "../../engine/pair.ts";
import type { Recording } from "../replay/recording.ts";
import type { BenchPrompt, Sample } from "../report.ts";
import { runSample } from "../run-sample.ts";

/** What is to be recorded of one prompt. */
export interface RecordOrder {
  readonly prompt: BenchPrompt;
  /** Plain decoding at temperature 0. */
  readonly request: GenerateRequest;
  /** Most candidates, and most tokens in a row, that any setting drafts. */
  readonly topK: number;
  readonly longest: number;
}

/** A record, and the plain run that it is of. */
export interface RecordedPrompt {
  readonly recording: Recording;
  readonly sample: Sample;
}

/**
 * Runs one prompt plainly, then has everything that drafts go over the text.
 *
 * @returns undefined when the signal stopped it
 */
export async function recordPrompt(
  pair: TunablePair,
  { prompt, request, topK, longest }: RecordOrder,
  signal: AbortSignal | undefined,
): Promise<RecordedPrompt | undefined> {
  const run = await runSample(pair, { prompt, repetition: 0, request }, signal);
  if (run === undefined) return undefined;
  const { sample } = run;
  const tokens = sample.tokenIds;
  const { ngram, maxTokens } = request;
  const goOn = Math.max(0, longest - 1);
  const ranking = await pair.rank({ prompt: request.prompt, tokens, topK, goOn, ngram });
  const room = pair.info.contextSize - ranking.promptTokens;
  return { recording: { ...ranking, tokens, maxTokens, room }, sample };
}
