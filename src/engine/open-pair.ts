import { announcingFiles } from "./announce-files.ts";
import { LocalPair } from "./local-pair.ts";
import type { Notice, PairOptions } from "./pair.ts";
import { checkFit } from "./pair-fit.ts";
import type { OpenHeads, OpenModel } from "./port.ts";
import { type StartedEngine, startEngine } from "./start-engine.ts";

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
 * @param onFile called before native code reads a file
 * @throws UserError for a model that cannot run, or a draft that does not fit its target
 */
export async function openPair(
  options: PairOptions,
  onProgress: OnLoadProgress = () => true,
  onFile: (path: string) => void = () => {},
): Promise<LocalPair> {
  const { engine, notices } = await startEngine(options);
  return openPairOn({ engine: announcingFiles(engine, onFile), notices }, options, onProgress);
}

/** Loads a pair into an engine that runs. @throws UserError as `openPair` does */
export async function openPairOn(
  { engine, notices }: StartedEngine,
  options: PairOptions,
  onProgress: OnLoadProgress = () => true,
): Promise<LocalPair> {
  const { shared, draft: draftInfo, ...fit } = await checkFit(engine, options);
  const { target: targetPath, draft: draftPath, heads: headsPaths = [], contextSize } = options;
  const target = await engine.open({
    path: targetPath,
    contextSize,
    hiddenStates: headsPaths.length > 0,
    onProgress: (fraction) => onProgress({ model: "target", fraction }),
  });
  const { capacity } = target.sequence;
  const draft =
    draftPath === undefined
      ? undefined
      : await engine.open({
          path: draftPath,
          contextSize: Math.min(capacity, draftInfo?.trainedContext || Infinity),
          hiddenStates: false,
          onProgress: (fraction) => onProgress({ model: "draft", fraction }),
        });
  const heads: OpenHeads[] = [];
  for (const path of headsPaths) heads.push(await engine.openHeads(path, capacity));
  const info = {
    engine: engine.info,
    target: target.info,
    ...(draft && { draft: draft.info }),
    ...(heads.length > 0 && { heads: heads.map(({ info }) => info) }),
    contextSize: capacity,
    notices: [...notices, ...fit.notices, ...(draft ? shortDraftNotices(target, draft) : [])],
  };
  return new LocalPair({
    engine,
    info,
    target,
    ...(draft && { draft }),
    heads,
    shared,
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
