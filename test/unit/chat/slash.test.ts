import { describe, expect, test } from "vitest";
import { parseEntry } from "../../../src/chat/slash.ts";
import { drafterChoices } from "../../../src/drafter-choice.ts";
import { TestChat } from "../../support/chat.ts";

describe("reading an entry", () => {
  test("commands and their values", () => {
    expect(parseEntry("/draft-len 6")).toMatchObject({ name: "draft-len", argument: "6" });
    expect(parseEntry("/system  be\nbrief ")).toMatchObject({ argument: "be\nbrief" });
    expect(parseEntry("/save! a b.md")).toMatchObject({
      name: "save",
      argument: "a b.md",
      force: true,
    });
  });

  test("a message that begins with two slashes is sent with one", () => {
    expect(parseEntry("//etc is a folder")).toEqual({ type: "message", text: "/etc is a folder" });
  });

  test("unknown commands", () => {
    expect(parseEntry("/drafter! x")).toMatchObject({ type: "unknown" });
    expect(
      new TestChat().enter("/draftlen 3").enter("/xyzzy").enter("/").lines,
    ).toMatchInlineSnapshot(`
      [
        "error: there is no command /draftlen (Did you mean /draft-len? A message that begins with a slash is written with two: //.)",
        "error: there is no command /xyzzy (/help lists all commands. A message that begins with a slash is written with two: //.)",
        "error: a slash alone is no command (/help lists all commands. A message that begins with a slash is written with two: //.)",
      ]
    `);
  });
});

describe("completion", () => {
  const words = (chat: TestChat) => chat.view.editor.completions.map(({ word }) => word);

  test("of names", () => {
    const chat = new TestChat().type("/dra");
    expect(words(chat)).toEqual(["/drafter", "/draft-len"]);
    expect(chat.press("tab").view.editor).toMatchObject({ text: "/drafter", chosen: 0 });
    expect(chat.press("tab").view.editor).toMatchObject({ text: "/draft-len", chosen: 1 });
    expect(chat.press("shift-tab").view.editor).toMatchObject({ text: "/drafter", chosen: 0 });
    expect(words(chat.type(" "))).toEqual([...drafterChoices]);
  });

  test("a lone candidate is put in, ready for its value", () => {
    expect(new TestChat().type("/prov").press("tab").view.editor.text).toBe("/provenance ");
    expect(new TestChat().type("/sta").press("tab").view.editor.text).toBe("/stats");
    expect(new TestChat().type("/provenance f").press("tab").view.editor.text).toBe(
      "/provenance full",
    );
    expect(new TestChat().type("/draft-len a").press("tab").view.editor.text).toBe(
      "/draft-len auto",
    );
  });

  test("Esc closes it until something is typed", () => {
    const chat = new TestChat().type("/dra").press("escape");
    expect(words(chat)).toEqual([]);
    expect(chat.state.editor.text).toBe("/dra");
    expect(words(chat.type("f"))).not.toEqual([]);
  });

  test("there is none for messages", () => {
    expect(words(new TestChat().type("hello"))).toEqual([]);
    expect(words(new TestChat().type("//dra"))).toEqual([]);
    expect(new TestChat().type("hello").press("tab").state.editor.text).toBe("hello");
  });
});
