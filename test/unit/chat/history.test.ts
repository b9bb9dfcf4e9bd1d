import { expect, test } from "vitest";
import {
  emptyHistory,
  historyLine,
  historyText,
  maxHistory,
  parseHistory,
  remember,
} from "../../../src/chat/history.ts";
import { TestChat } from "../../support/chat.ts";

test("up goes back, down comes forward to what was being written", () => {
  const chat = new TestChat({ history: parseHistory('"one"\n"two"\n') }).type("draft");
  expect(chat.press("up").state.editor.text).toBe("two");
  expect(chat.press("up").state.editor.text).toBe("one");
  expect(chat.press("up").state.editor.text).toBe("one");
  expect(chat.press("down", "down").state.editor.text).toBe("draft");
});

test("up inside a message moves in it first", () => {
  const chat = new TestChat({ history: parseHistory('"one"\n') }).type("a\nb");
  expect(chat.press("up").state.editor).toMatchObject({ text: "a\nb", cursor: 1 });
  expect(chat.press("up").state.editor.text).toBe("one");
});

test("what was sent comes back, once where it was sent twice", () => {
  const history = ["a", "b", "b"].reduce(remember, emptyHistory);
  expect(history.entries).toEqual(["a", "b"]);
});

test("a file is read back, damaged lines apart", () => {
  const text = `${historyLine("two\nlines")}{"a":\n17\n"cut of\n${historyLine("世")}`;
  expect(parseHistory(text).entries).toEqual(["two\nlines", "世"]);
  expect(historyText(parseHistory(text))).toBe('"two\\nlines"\n"世"\n');
});

test("the last thousand are kept", () => {
  const text = Array.from({ length: maxHistory + 5 }, (_, i) => historyLine(`m${i}`)).join("");
  expect(parseHistory(text).entries).toHaveLength(maxHistory);
  expect(parseHistory(text).entries[0]).toBe("m5");
});
