import { describe, expect, test } from "vitest";
import { answerOf, pairInfo, TestChat } from "../../support/chat.ts";

describe("while nothing runs", () => {
  test("Enter sends a question", () => {
    const chat = new TestChat().enter("hello");
    expect(chat.effects).toMatchObject([
      {
        type: "run",
        request: { kind: "answer", seed: 7, conversation: { turns: [{ question: "hello" }] } },
      },
    ]);
    expect(chat.view).toMatchObject({ activity: { type: "reading" }, editor: { text: "" } });
    expect(chat.lines).toEqual(["> hello"]);
  });

  test("Enter on blanks does nothing", () => {
    expect(new TestChat().enter("  \n").effects).toEqual([]);
  });

  test("Ctrl-C clears the line, and quits when pressed twice on an empty one", () => {
    const chat = new TestChat().type("text").press("interrupt");
    expect(chat.state.editor.text).toBe("");
    expect(chat.effects).toEqual([]);
    chat.press("interrupt");
    expect(chat.view.hint).toBe("Press Ctrl-C again to quit.");
    expect(chat.press("interrupt").effects).toEqual([{ type: "quit" }]);
  });

  test("any other key between takes the quit back", () => {
    const chat = new TestChat().press("interrupt", "left", "interrupt");
    expect(chat.effects).toEqual([]);
    expect(chat.view.hint).toBe("Press Ctrl-C again to quit.");
  });

  test("Ctrl-D quits on an empty line and deletes in a text", () => {
    expect(new TestChat().press("end-of-input").effects).toEqual([{ type: "quit" }]);
    const chat = new TestChat().type("ab").press("home", "end-of-input");
    expect(chat.state.editor.text).toBe("b");
    expect(chat.effects).toEqual([]);
  });

  test("Esc does nothing", () => {
    expect(new TestChat().type("a").press("escape").state.editor.text).toBe("a");
  });
});

describe("while the models load", () => {
  test("progress shows, a message may be written, and Enter waits", () => {
    const chat = new TestChat({}, "loading");
    chat.act({ type: "load-progress", model: "target", fraction: 0.5 });
    expect(chat.enter("hello").view).toMatchObject({
      activity: { type: "loading", loads: [{ model: "target", file: "t.gguf", fraction: 0.5 }] },
      editor: { text: "hello" },
      hint: "It is sent as soon as the models are there; any key holds it back.",
    });
  });

  test("what was sent meanwhile is asked when they are there, unless a key held it back", () => {
    const ready = { type: "ready", info: pairInfo } as const;
    const sent = new TestChat({}, "loading").enter("hello");
    sent.act(ready);
    expect(sent.lines).toEqual(["> hello"]);
    expect(sent.effects.at(-1)).toMatchObject({ type: "run" });
    const held = new TestChat({}, "loading").enter("hello").press("left");
    held.act(ready);
    expect(held.state.editor.text).toBe("hello");
    expect(held.effects).toEqual([]);
  });

  test("Esc and Ctrl-C cancel", () => {
    expect(new TestChat({}, "loading").press("escape").effects).toEqual([{ type: "quit" }]);
    expect(new TestChat({}, "loading").press("interrupt").effects).toEqual([{ type: "quit" }]);
  });
});

describe("while an answer is given", () => {
  const answering = () => {
    const chat = new TestChat().enter("hello").events(...answerOf("one two "));
    chat.effects.length = 0;
    return chat;
  };

  test("Enter keeps the next message and says how to send it", () => {
    const chat = answering().enter("next");
    expect(chat.view).toMatchObject({
      editor: { text: "next" },
      hint: "Esc stops the answer, then Enter sends this.",
    });
    expect(chat.effects).toEqual([]);
  });

  test("commands that would disturb it wait too", () => {
    expect(answering().enter("/reset").state.editor.text).toBe("/reset");
    expect(answering().enter("/stats").lines.at(-1)).toMatch("So far");
  });

  test("Esc and Ctrl-C stop it and keep what was said", () => {
    for (const key of ["escape", "interrupt"] as const) {
      const chat = answering().type("next").press(key);
      expect(chat.effects).toEqual([{ type: "stop" }]);
      chat.act({ type: "finished", reason: "aborted" });
      expect(chat.state.conversation.turns[0]?.answer?.text).toBe("one two ");
      expect(chat.state.editor.text).toBe("next");
      expect(chat.lines).toEqual([
        "> hello",
        "one two ",
        "= 2 tokens; 100.0 tokens/s; acceptance 100 %; α 100 %; τ 1.00; stopped",
      ]);
    }
  });

  test("stopped before the first word, the question comes back", () => {
    const chat = new TestChat().enter("hello").press("escape");
    chat.act({ type: "finished", reason: "aborted" });
    expect(chat.state.editor.text).toBe("hello");
    expect(chat.state.conversation.turns).toEqual([]);
    expect(chat.lines.at(-1)).toMatch("stopped before the first word");
  });

  test("Esc closes a list of completions first", () => {
    const chat = answering().type("/dra").press("escape");
    expect(chat.effects).toEqual([]);
    expect(chat.press("escape").effects).toEqual([{ type: "stop" }]);
  });
});

describe("provenance and details", () => {
  test("the key goes through the modes, and what has scrolled away stays", () => {
    const chat = new TestChat().exchange("hello", "one two\n").press("provenance", "provenance");
    expect(chat.view.provenance).toBe("full");
    expect(chat.view.hint).toBe("provenance full from here on; /show prints the last answer again");
    expect(chat.enter("/show").state.transcript).toMatchObject([
      { type: "question" },
      { type: "answer", provenance: "off" },
      { type: "figures" },
      { type: "answer", provenance: "full" },
    ]);
    expect(chat.press("provenance").view.provenance).toBe("off");
  });

  test("the panel has the last answer's figures", () => {
    const chat = new TestChat().exchange("hello", "one two three");
    expect(chat.view.details).toBeUndefined();
    expect(chat.press("details").view.details).toMatchObject({
      positions: [{ drafted: 2, accepted: 2 }],
      passes: 2,
      tokens: 3,
      draftMs: 4,
    });
    expect(chat.press("details").view.details).toBeUndefined();
  });
});

test("status follows the answer", () => {
  const chat = new TestChat();
  chat.act({ type: "measured", tokensPerSecond: 50 });
  chat.exchange("hello", "one two three");
  expect(chat.view.status).toMatchObject({
    tokensPerSecond: 100,
    againstPlain: { ratio: 2, measuredBy: "measured at load" },
    acceptanceRate: 1,
    passes: [
      { accepted: 1, drafted: 1 },
      { accepted: 1, drafted: 1 },
    ],
    contextTokens: 12,
    contextSize: 1000,
  });
  expect(chat.lines.at(-1)).toBe(
    "= 3 tokens; 100.0 tokens/s; acceptance 100 %; α 100 %; τ 1.00; ×2.00 of plain",
  );
});

test("ids count up and the transcript only grows", () => {
  const chat = new TestChat({ banner: () => ["specdec"] })
    .exchange("a", "x\ny\nz")
    .exchange("b", "u");
  chat.act({ type: "resized", columns: 20 });
  const ids = chat.state.transcript.map(({ id }) => id);
  expect(ids).toEqual(ids.map((_, i) => i));
});
