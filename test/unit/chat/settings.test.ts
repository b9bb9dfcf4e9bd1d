import { expect, test } from "vitest";
import { answerOf, TestChat } from "../../support/chat.ts";

test("a setting without a value says what it is", () => {
  expect(new TestChat().enter("/draft-len").lines).toEqual([
    "info: draft-len is 4 (draft 4) (/draft-len VALUE changes it.)",
  ]);
});

test("a change is told, with what does not act", () => {
  const chat = new TestChat().enter("/draft-len auto").enter("/p-min 0.5");
  expect(chat.view.status.drafting).toBe("auto");
  expect(chat.effects).toEqual([]);
  expect(chat.lines).toMatchInlineSnapshot(`
    [
      "info: draft-len is auto now (auto)",
      "info: p-min is 0.5 now (auto)",
      "warning: --p-min does nothing here (Leave it.)",
    ]
  `);
});

test("a bad value changes nothing and says why", () => {
  const chat = new TestChat().enter("/draft-len many");
  expect(chat.state.values["draft-len"]).toBe("4");
  expect(chat.lines).toEqual(["error: --draft-len many is no whole number (Give 0 to 63.)"]);
});

test("in the middle of an answer a change acts from the next pass", () => {
  const chat = new TestChat().enter("hi").events(...answerOf("one two "));
  chat.effects.length = 0;
  chat.enter("/draft-len 9");
  expect(chat.effects).toMatchObject([{ type: "adjust", pass: { draftLength: 9 } }]);
  expect(chat.view.activity.type).toBe("answering");
  expect(chat.lines.at(-1)).toBe("info: draft-len is 9 now (draft 9), from the next pass on");
});

test("a plain answer stays plain", () => {
  const chat = new TestChat().exchange("hi", "one two").enter("/plain");
  chat.effects.length = 0;
  expect(chat.enter("/draft-len 9").effects).toEqual([]);
});

test("a command without a value takes none", () => {
  expect(new TestChat().enter("/stats all").lines).toEqual([
    "error: /stats takes no value (Enter /stats alone.)",
  ]);
});

test("a provenance that there is not", () => {
  expect(new TestChat().enter("/provenance ful").enter("/provenance").lines).toMatchInlineSnapshot(`
    [
      "error: provenance cannot be "ful" (Did you mean full? /provenance takes off, subtle, full.)",
      "info: provenance is off (/provenance takes off, subtle, full.)",
    ]
  `);
});
