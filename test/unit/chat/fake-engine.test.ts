import { setImmediate as turn } from "node:timers/promises";
import { expect, test } from "vitest";
import { eventsOf } from "../../../src/chat/event-log.ts";
import { spansOf } from "../../../src/chat/provenance.ts";
import type { ChatPair } from "../../../src/chat/session-options.ts";
import { parseFakeModel } from "../../../src/engine/fake/spec.ts";
import { fakeVocabulary } from "../../../src/engine/fake/vocabulary.ts";
import { openPair } from "../../../src/engine/open-pair.ts";
import { promptTokens } from "../../../src/engine/prompt-tokens.ts";
import { testSession } from "../../support/chat.ts";

const target = "fake:end=-2";

/** The fake engine in this process, with what only a pair that one talks to has. */
async function fakeChatPair(): Promise<ChatPair> {
  const pair = await openPair({
    engine: "fake",
    target,
    draft: "fake:end=-2,agreement=0.8",
    contextSize: 256,
    ...{ gpu: "off", gpuLayers: 0, threads: 0, mmap: true, flashAttention: "auto" },
  });
  const vocabulary = fakeVocabulary(parseFakeModel(target));
  return {
    info: pair.info,
    async *generate(request, signal) {
      for await (const event of pair.generate(request, signal)) {
        yield event;
        await turn();
      }
    },
    timeRounds: (request, signal) => pair.timeRounds(request, signal),
    adjust: () => {},
    countTokens: async (prompt) => (await promptTokens(vocabulary, prompt)).length,
    inspectPrompt: (prompt) => pair.inspectPrompt(prompt),
    close: () => pair.close(),
  };
}

test("a conversation of several turns, with a comparison that finds no difference", async () => {
  const session = testSession(await fakeChatPair(), { provenance: "full", maxTokens: 40 });
  session.start();
  await session.settled();
  for (const entry of ["hello", "how are you?", "/compare"]) await session.enter(entry);
  const { conversation, transcript } = session.getState();
  expect(conversation.turns).toHaveLength(2);
  for (const { answer } of conversation.turns) {
    const shown = spansOf(eventsOf(answer?.events)).filter(({ kind }) => kind !== "rejected");
    expect(shown.map(({ text }) => text).join("")).toBe(answer?.text);
    expect(answer?.text).not.toBe("");
  }
  const drafted = transcript.flatMap((item) => (item.type === "answer" ? item.spans : []));
  expect(new Set(drafted.map(({ kind }) => kind))).toContain("draft");
  expect(session.lines().at(-1)).toMatch(/^comparison: Both answers are the same \d+ tokens\.$/);
});
