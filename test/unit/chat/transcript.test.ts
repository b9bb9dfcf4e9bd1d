import { describe, expect, test } from "vitest";
import { eventsOf } from "../../../src/chat/event-log.ts";
import { readTranscript } from "../../../src/chat/read-transcript.ts";
import { transcriptText } from "../../../src/chat/write-transcript.ts";
import { answerOf, TestChat } from "../../support/chat.ts";

const saved = () =>
  new TestChat({ system: "be brief" }).exchange("a\u001b[2J", "one \u001b[1mtwo").state;

test("Markdown has all that was said, and how", () => {
  expect(transcriptText(saved(), "markdown")).toMatchInlineSnapshot(`
    "# Chat

    - target: t.gguf
    - draft: d.gguf
    - engine: fake fake on fake
    - context: 1000 tokens

    ## System

    be brief

    ## Question

    a

    ## Answer

    one two

    *2 tokens; 100.0 tokens/s; acceptance 100 %; α 100 %; τ 1.00*

    *drafter draft, draft-len 4, top-k 1, tree-size 4, p-min 0, temp 0*
    "
  `);
});

describe("JSON", () => {
  const json = () => JSON.parse(transcriptText(saved(), "json")) as Record<string, unknown>;

  test("comes back whole, with every event", () => {
    const end = { type: "done", reason: "eog", text: "", reasoning: 1 } as const;
    const answer = [...answerOf("one two", { gap: Number.NaN }), end];
    const chat = new TestChat().enter("a").events(...answer);
    chat.act({ type: "finished", reason: "eog" });
    const { conversation } = chat.state;
    const read = readTranscript(transcriptText(chat.state, "json"), "chat.json");
    const [turn] = conversation.turns;
    expect(read.turns[0]).toMatchObject({ question: "a", answer: { text: "one two", seed: 7 } });
    expect(read.turns[0]?.answer?.counts).toEqual(turn?.answer?.counts);
    expect(eventsOf(read.turns[0]?.answer?.events)).toEqual(eventsOf(turn?.answer?.events));
    expect(transcriptText(chat.state, "markdown")).toContain(
      "; reasoning 50 % of the tokens, α – ",
    );
  });

  test.each([
    ["cut off", () => transcriptText(saved(), "json").slice(0, 200)],
    ["foreign", () => '{"name": "specdec"}'],
    ["no object", () => "null"],
    ["of a later version", () => JSON.stringify({ ...json(), version: 2 })],
    ["damaged", () => JSON.stringify({ ...json(), turns: [{ question: 1, answer: null }] })],
  ])("that is %s is told", (name, text) => {
    const message = () => {
      try {
        readTranscript(text(), "chat.json");
      } catch (error) {
        return (error as Error).message.replace(/JSON: .*/, "JSON");
      }
      return "";
    };
    const expected: Record<string, string> = {
      "cut off": "chat.json is not whole JSON",
      foreign: "chat.json is not a saved chat",
      "no object": "chat.json is not a saved chat",
      "of a later version": "chat.json has version 2 of the format, and this specdec reads 1",
      damaged:
        "chat.json is damaged at turns.0.question: Invalid input: expected string, received number",
    };
    expect(message()).toBe(expected[name]);
  });
});
