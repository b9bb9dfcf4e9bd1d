import { type FakeLanguage, fakeLogits } from "./language.ts";
import type { FakeReader, FakeRow } from "./sequence.ts";
import { type FakeState, stateBehind, stateVector } from "./states.ts";

interface ModelRow extends FakeRow {
  readonly says: FakeState;
}

/** A model of the toy language: its logits follow from the last two tokens, its state from the text. */
export function fakeModel(language: FakeLanguage): FakeReader<ModelRow> {
  return {
    vocabularySize: language.vocabularySize,
    read: (token, before) => {
      const says = stateBehind(before?.says, token, { head: 0 });
      return {
        says,
        state: stateVector(says),
        logits: () => {
          const out = new Float32Array(language.vocabularySize);
          fakeLogits(language, says.previous, says.current, out);
          return out;
        },
      };
    },
  };
}
