import { describe, expect, test } from "vitest";
import {
  ask,
  type Conversation,
  newConversation,
  promptOf,
} from "../../../src/chat/conversation.ts";
import { fitConversation, roomFor } from "../../../src/chat/fit-prompt.ts";
import type { PromptInput } from "../../../src/engine/pair.ts";
import { derive, pairInfo, settingValues, TestChat } from "../../support/chat.ts";

function turns(count: number, system?: string): Conversation {
  const questions = Array.from({ length: count }, (_, i) => `question ${i}`);
  return questions.reduce(
    ask,
    newConversation({ system, raw: false, special: false, template: undefined }),
  );
}

const countCharacters = async (prompt: PromptInput): Promise<number> => {
  if (prompt.type !== "chat") throw new Error("this conversation is in a template");
  return prompt.messages.reduce((sum, { content }) => sum + content.length, 0);
};

describe("the prompt", () => {
  test("has the system message, all turns and the question", () => {
    const chat = new TestChat({ system: "be brief" }).exchange("a", "x").enter("b");
    expect(promptOf(chat.state.conversation)).toEqual({
      type: "chat",
      messages: [
        { role: "system", content: "be brief" },
        { role: "user", content: "a" },
        { role: "assistant", content: "x" },
        { role: "user", content: "b" },
      ],
    });
  });

  test("is plain text where there is no chat template, which is said", () => {
    const info = { ...pairInfo, target: { ...pairInfo.target, hasChatTemplate: false } };
    const chat = new TestChat({}, info).exchange("a", "x").enter("b");
    expect(promptOf(chat.state.conversation)).toEqual({ type: "text", text: "a\nx\nb\n" });
    expect(chat.lines[0]).toBe("info: no chat template: what is said is joined as it stands");
  });
});

describe("making room", () => {
  const room = { context: 100, prompt: 100, reserve: 25, begun: 0 };

  test("nothing goes where all fits", async () => {
    const fit = await fitConversation(turns(3), room, countCharacters);
    expect(fit).toMatchObject({ fits: true, dropped: 0 });
  });

  test("as few of the oldest turns go as must, and the system message stays", async () => {
    // Ten characters each, and 75 are free.
    expect(await fitConversation(turns(9), room, countCharacters)).toMatchObject({ dropped: 2 });
    const fit = await fitConversation(turns(9, "be brief!!"), room, countCharacters);
    expect(fit).toMatchObject({ dropped: 3, conversation: { system: "be brief!!", dropped: 3 } });
  });

  test("the last question alone may leave less room than wished", async () => {
    const conversation = ask(turns(2), "x".repeat(90));
    const fit = await fitConversation(conversation, room, countCharacters);
    expect(fit).toMatchObject({ fits: true, dropped: 2 });
  });

  test("a question longer than the context does not fit", async () => {
    const conversation = ask(turns(2), "x".repeat(120));
    expect(await fitConversation(conversation, room, countCharacters)).toEqual({
      fits: false,
      tokens: 120,
    });
  });

  test("a smaller context of the draft model counts where it drafts", () => {
    const draft = { ...pairInfo.target, trainedContext: 64 };
    const { pass } = derive(settingValues);
    const plain = { ...pass, draftLength: 0 };
    const options = { maxTokens: 500, begun: 0 };
    expect(roomFor({ ...pairInfo, draft }, pass, options)).toMatchObject({
      prompt: 64,
      reserve: 250,
    });
    expect(roomFor({ ...pairInfo, draft }, plain, options).prompt).toBe(1000);
  });
});

describe("commands", () => {
  test("/system sets, shows and removes", () => {
    const chat = new TestChat().enter("/system be brief").enter("/system").enter("/system off");
    expect(chat.state.conversation.system).toBeUndefined();
    expect(chat.lines).toMatchInlineSnapshot(`
      [
        "info: the system message is set, from the next question on",
        "info: system: be brief (/system TEXT sets it.)",
        "info: the system message is removed, from the next question on",
      ]
    `);
  });

  test("/reset forgets", () => {
    const chat = new TestChat({ system: "s" }).exchange("a", "x").enter("/reset");
    expect(chat.state.conversation).toMatchObject({ turns: [], system: "s" });
    expect(chat.view.status.tokensPerSecond).toBeNaN();
  });

  test("/retry answers the last question again, from another seed", () => {
    const chat = new TestChat().exchange("a", "x").exchange("b", "y").enter("/retry");
    expect(chat.effects.at(-1)).toMatchObject({
      type: "run",
      request: {
        kind: "answer",
        seed: 9,
        conversation: { turns: [{ question: "a" }, { question: "b" }] },
      },
    });
    expect(chat.state.conversation.turns.map(({ answer }) => answer?.text)).toEqual([
      "x",
      undefined,
    ]);
  });

  test("what needs a question says so", () => {
    const chat = new TestChat();
    for (const command of ["/retry", "/plain", "/compare", "/show", "/save a.md"])
      chat.enter(command);
    expect(chat.lines).toMatchInlineSnapshot(`
      [
        "error: nothing was asked yet (Ask something first.)",
        "error: nothing was asked yet (Ask something first.)",
        "error: nothing was asked yet (Ask something first.)",
        "error: there is no answer yet (Ask something first.)",
        "error: there is nothing to save yet (Ask something first.)",
      ]
    `);
    expect(chat.effects).toEqual([]);
  });

  test("/stats and /help", () => {
    const chat = new TestChat().exchange("a", "one two three").enter("/stats").enter("/help");
    expect(chat.state.transcript.filter(({ type }) => type === "list")).toMatchInlineSnapshot(`
      [
        {
          "id": 3,
          "rows": [
            [
              "target",
              "t.gguf",
            ],
            [
              "draft",
              "d.gguf",
            ],
            [
              "engine",
              "fake fake on fake",
            ],
            [
              "drafting",
              "draft 4",
            ],
            [
              "answers",
              "1, 3 tokens",
            ],
            [
              "speed",
              "100.0 tokens/s",
            ],
            [
              "acceptance",
              "100 % of 2 drafted tokens",
            ],
            [
              "α",
              "100 % of the tokens that were tested",
            ],
            [
              "τ",
              "1.00 tokens a pass, in 2 passes",
            ],
            [
              "context",
              "12 of 1000 tokens",
            ],
          ],
          "title": "So far",
          "type": "list",
        },
        {
          "id": 4,
          "rows": [
            [
              "/help",
              "Lists commands and keys",
            ],
            [
              "/drafter NAME",
              "What drafts: the draft model, draft heads, prompt lookup, in turn, or nothing: draft, ngram, ngram,draft, draft,ngram, heads, ngram,heads, heads,ngram, none",
            ],
            [
              "/draft-len N",
              "Tokens drafted in a row for one pass; auto chooses before each, 0 decodes plainly",
            ],
            [
              "/top-k N",
              "Candidate filter: draft from the N likeliest tokens only; 0 for all",
            ],
            [
              "/tree-size N",
              "Tokens drafted in all for one pass, as a tree; 0 for a chain",
            ],
            [
              "/p-min P",
              "Ends a draft that the drafter finds less probable than P, 0 to 1",
            ],
            [
              "/temp T",
              "Temperature; 0 takes the likeliest token, which is what can be compared",
            ],
            [
              "/plain",
              "Answers the last question without drafts, to measure; the answer is not kept",
            ],
            [
              "/compare",
              "Answers the last question plainly and with drafts, and compares text and speed",
            ],
            [
              "/stats",
              "Figures of all answers so far",
            ],
            [
              "/system TEXT",
              "System message from the next question on; off removes it",
            ],
            [
              "/reset",
              "Begins a new conversation",
            ],
            [
              "/retry",
              "Answers the last question again",
            ],
            [
              "/show",
              "Prints the last answer again, with provenance",
            ],
            [
              "/provenance MODE",
              "How much is shown of where tokens came from: off, subtle, full",
            ],
            [
              "/details",
              "Opens or closes the panel of details",
            ],
            [
              "/save FILE",
              "Saves the conversation: .md to read, .json with all events; /save! replaces a file",
            ],
            [
              "/load FILE",
              "Goes on with a conversation saved as .json",
            ],
            [
              "/quit",
              "Ends the chat",
            ],
            [
              "Enter",
              "Sends; Alt-Enter or Ctrl-J breaks the line",
            ],
            [
              "Up, Down",
              "Lines of the message, and behind them earlier messages",
            ],
            [
              "Tab",
              "Completes a command or its value",
            ],
            [
              "Ctrl-O",
              "Shows more, or less, of where tokens came from, as /provenance does",
            ],
            [
              "Ctrl-T",
              "Opens or closes the panel of details, as /details does",
            ],
            [
              "Esc, Ctrl-C",
              "Stops an answer and keeps what was said",
            ],
            [
              "Ctrl-C",
              "Clears the line; twice on an empty one ends the chat, as Ctrl-D does",
            ],
          ],
          "title": "Commands and keys",
          "type": "list",
        },
      ]
    `);
  });
});
