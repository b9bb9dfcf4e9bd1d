import { LocalPair } from "./local-pair.ts";
import type { Notice, PairOptions } from "./pair.ts";
import { checkFit } from "./pair-fit.ts";
import type { OpenModel } from "./port.ts";
import { startEngine } from "./start-engine.ts";

/** How far a load is. */
export interface LoadProgress {
  readonly model: "target" | "draft";
  /** 0 … 1 */
  readonly fraction: number;
}

/** What to tell of a load; returning false stops it. */
export type OnLoadProgress = (progress: LoadProgress) => boolean;

/**
 * Loads a pair into this process. Whether the two fit together is checked before any weights load.
 *
 * @throws UserError for a model that cannot run, or a draft that does not fit its target
 */
export async function openPair(
  options: PairOptions,
  onProgress: OnLoadProgress = () => true,
): Promise<LocalPair> {
  const { engine, notices } = await startEngine(options);
  const { sharedVocabularySize, draft: draftInfo, ...fit } = await checkFit(engine, options);
  const { target: targetPath, draft: draftPath, contextSize } = options;
  const target = await engine.open({
    path: targetPath,
    contextSize,
    hiddenStates: false,
    onProgress: (fraction) => onProgress({ model: "target", fraction }),
  });
  const info = {
    engine: engine.info,
    target: target.info,
    contextSize: target.sequence.capacity,
    notices,
  };
  if (draftPath === undefined || draftInfo === undefined) {
    return new LocalPair({ engine, info, target, sharedVocabularySize });
  }
  const draft = await engine.open({
    path: draftPath,
    contextSize: Math.min(target.sequence.capacity, draftInfo.trainedContext || Infinity),
    hiddenStates: false,
    onProgress: (fraction) => onProgress({ model: "draft", fraction }),
  });
  const further = [...fit.notices, ...shortDraftNotices(target, draft)];
  return new LocalPair({
    engine,
    info: { ...info, draft: draft.info, notices: [...notices, ...further] },
    target,
    draft,
    sharedVocabularySize,
  });
}

function shortDraftNotices(target: OpenModel, draft: OpenModel): Notice[] {
  const room = draft.sequence.capacity;
  if (room >= target.sequence.capacity) return [];
  return [
    {
      code: "short-draft-context",
      text: `the draft model was trained for ${room} tokens: behind those nothing is drafted`,
      hint: `Ask for a context of ${room} with --ctx, or take another draft model.`,
    },
  ];
}
