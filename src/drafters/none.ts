import { type Drafter, emptyDraft } from "../decoding/drafter.ts";

/** Proposes nothing: every pass is a step of plain decoding. */
export const noDrafter: Drafter = {
  name: "none",
  async *begin() {},
  propose: () => emptyDraft,
  observe: () => undefined,
};
