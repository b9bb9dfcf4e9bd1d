import type { HostPair } from "../engine/host/client.ts";
import type { PairOptions } from "../engine/pair.ts";
import type { StatusLine } from "./status-line.ts";

/**
 * Loads a pair in an engine host, with its progress on the status line and its notices on stderr,
 * and closes it whatever happens.
 *
 * @throws UserError for a pair that cannot run
 * @throws the signal's reason when it is aborted during the load
 */
export async function withPair<T>(
  options: PairOptions,
  status: StatusLine,
  signal: AbortSignal,
  work: (pair: HostPair) => Promise<T>,
): Promise<T> {
  const { startHost } = await import("../engine/host/client.ts");
  status.show("starting the engine");
  const pair = await startHost(options, {
    signal,
    onProgress: ({ model, fraction }) => {
      status.show(`loading the ${model} model: ${Math.floor(fraction * 100)} %`);
      return true;
    },
  }).finally(() => status.clear());
  try {
    for (const { text, hint } of pair.info.notices) {
      status.print(`note: ${text}`, hint);
    }
    return await work(pair);
  } finally {
    await pair.close();
  }
}
