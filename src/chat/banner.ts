import type { PairInfo } from "../engine/pair.ts";
import type { HeadsInfo, ModelInfo } from "../engine/port.ts";

/** What a chat talks to, and the keys that one cannot guess. */
export function bannerLines({
  engine,
  target,
  draft,
  heads = [],
  contextSize,
}: PairInfo): string[] {
  const { release, backend, threads } = engine;
  const runs = `${engine.engine} ${release}, ${backend}, ${threads} threads, context ${contextSize}`;
  return [
    `target  ${modelText(target)}`,
    ...(draft === undefined ? [] : [`draft   ${modelText(draft)}`]),
    ...heads.map((each) => `heads   ${headsText(each)}`),
    `engine  ${runs}`,
    "/help lists commands and keys; Ctrl-O shows where tokens came from, Ctrl-T the details",
  ];
}

function modelText({ file, quantisation }: ModelInfo): string {
  return quantisation === "" ? file : `${file} (${quantisation})`;
}

function headsText({ file, kind, count }: HeadsInfo): string {
  return `${file} (${kind}, ${count} ${count === 1 ? "head" : "heads"})`;
}
