import { describe, expect, test } from "vitest";
import { bannerLines } from "../../../src/chat/banner.ts";
import { historyLine, parseHistory } from "../../../src/chat/history.ts";
import { transcriptText } from "../../../src/chat/write-transcript.ts";
import { pairInfo, TestChat } from "../../support/chat.ts";
import { expectHarmless, flood, hostile } from "../../support/hostile.ts";

const target = { ...pairInfo.target, file: hostile, quantisation: hostile };
const info = { ...pairInfo, target, notices: [{ code: "x", text: hostile, hint: flood }] };
const error = {
  code: "x",
  message: hostile,
  hint: flood,
  details: [hostile],
  exitCode: 3 as const,
};
const unwanted = /(?!\n)[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/u;

/** What notes and the banner say, each on a line of its own. */
function saidIn({ state }: TestChat): string {
  const lines = state.transcript.flatMap((item) => {
    if (item.type === "note") return [`${item.level}: ${item.text}`, item.hint ?? ""];
    return item.type === "banner" ? item.lines : [];
  });
  return lines.join("\n");
}

describe("hostile text in a chat", () => {
  test("of models and notices stays in its line", () => {
    const chat = new TestChat({ banner: bannerLines }, info);
    expect(saidIn(chat)).toContain("target  ␛[31mred");
    expectHarmless(saidIn(chat));
  });

  test("of files that load", () => {
    const loads = [{ model: "target" as const, file: flood }];
    const chat = new TestChat({ loads }, "loading");
    const { activity } = chat.view;
    expect(activity.type).toBe("loading");
    expectHarmless(activity.type === "loading" ? (activity.loads[0]?.file ?? "") : "");
  });

  test("of errors, with their details below them, and of a crash", () => {
    const chat = new TestChat();
    chat.act({ type: "failed", error });
    expect(chat.state.transcript.at(-1)).toMatchObject({
      text: expect.stringMatching(/^␛\[31mred.*\n {2}␛\[31mred.*$/),
    });
    chat.act({ type: "crashed", error });
    expectHarmless(saidIn(chat));
    expectHarmless(chat.view.activity.type === "crashed" ? chat.view.activity.message : "");
  });

  test("of what is typed and of paths", () => {
    const chat = new TestChat();
    for (const line of ["/nothing X", "/draft-len X", "/provenance X", "/load X", "/save X"]) {
      chat.act({ type: "submit", text: line.replace("X", hostile) });
    }
    chat.act({ type: "saved", path: flood });
    chat.act({ type: "submit", text: `/system ${hostile}` }).state;
    chat.act({ type: "submit", text: "/system" });
    expect(chat.state.transcript.length).toBeGreaterThan(6);
    expectHarmless(saidIn(chat));
  });

  test("of the history, and of a saved chat, comes into the editor as if it were pasted", () => {
    const chat = new TestChat({ history: parseHistory(historyLine(hostile)) }).press("up");
    expect(chat.state.editor.text).toContain("red\nerror: forged\n");
    expect(chat.state.editor.text).not.toMatch(unwanted);
    expect(chat.state.editor.cursor).toBe(chat.state.editor.text.length);
  });

  test("of model names in a saved chat is no markup", () => {
    const file = "[x](http://evil) @who <b>\n# head";
    const { state } = new TestChat({}, { ...info, target: { ...target, file } }).exchange("a", "b");
    expect(transcriptText(state, "markdown")).toContain(
      "- target: \\[x\\](http:&#8203;//evil) @&#8203;who \\<b>⏎# head\n",
    );
  });
});
