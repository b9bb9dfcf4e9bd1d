import type { GenerateEvent } from "../../../../src/decoding/events.ts";
import { type Random, seededRandom } from "../../../../src/decoding/random.ts";
import type { GenerateRequest } from "../../../../src/engine/pair.ts";
import { type VirtualPair, virtualPair } from "./virtual-pair.ts";

/** Made-up noise. */
export interface NoiseOptions {
  readonly seed: number;
  /** Each run takes up to this share more or less. */
  readonly run: number;
  /** Each pass takes up to this share more or less. */
  readonly pass: number;
  /** Factor of the time of a run, by its request and its place among all runs. */
  readonly factor?: (request: GenerateRequest, index: number) => number;
}

/** A pair on virtual time whose passes take more or less than they should. */
export async function noisyPair(options: NoiseOptions): Promise<VirtualPair> {
  const { seed, run, pass, factor = () => 1 } = options;
  const random: Random = seededRandom(seed);
  const around = (share: number): number => 1 + (random() * 2 - 1) * share;
  let running: GenerateRequest | undefined;
  let ofRun = 1;
  let index = -1;
  const onEvent = (event: GenerateEvent, request: GenerateRequest): GenerateEvent => {
    if (request !== running) {
      running = request;
      ofRun = around(run) * factor(request, ++index);
    }
    if (event.type !== "round") return event;
    return { ...event, verifyMs: event.verifyMs * ofRun * around(pass) };
  };
  return virtualPair({ draft: "fake:seed=1,agreement=0.8,end=-1000,step=1,token=0", onEvent });
}
