import { fakeLogits } from "./language.ts";
import { type FakeScript, fakeScript, scriptStart } from "./script.ts";
import type { FakeReader, FakeRow } from "./sequence.ts";
import type { FakeModelSpec } from "./spec.ts";
import { type FakeState, stateBehind, stateVector } from "./states.ts";

interface ModelRow extends FakeRow {
  readonly says: FakeState;
  readonly script: FakeScript;
}

/** Added to the logit of a token that the script has next: more than any other reaches. */
const certain = 1000;

/** A model of the toy language: its logits follow from the last two tokens, its state from the text. */
export function fakeModel(spec: FakeModelSpec): FakeReader<ModelRow> {
  const scripted = fakeScript(spec);
  return {
    vocabularySize: spec.vocabularySize,
    read: (token, before) => {
      const says = stateBehind(before?.says, token, { head: 0 });
      const script = scripted.after(before?.script ?? scriptStart, token);
      return {
        says,
        script,
        state: stateVector(says),
        logits: () => {
          const out = new Float32Array(spec.vocabularySize);
          fakeLogits(spec, says.previous, says.current, out);
          const next = scripted.next(script);
          if (next !== undefined) out[next] = certain;
          return out;
        },
      };
    },
  };
}
