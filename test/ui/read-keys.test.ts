import { PassThrough } from "node:stream";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Key } from "../../src/chat/key.ts";
import { readKeys } from "../../src/ui/read-keys.ts";

class FakeTerminal extends PassThrough {
  readonly isTTY = true;
  raw = false;
  setRawMode(raw: boolean): this {
    this.raw = raw;
    return this;
  }
}

let stdin: FakeTerminal;
let keys: Key[];
let ended: number;
let stop: () => void;

beforeEach(() => {
  stdin = new FakeTerminal();
  keys = [];
  ended = 0;
  stop = readKeys(stdin as unknown as NodeJS.ReadStream, {
    onKeys: (pressed) => keys.push(...pressed),
    onEnd: () => {
      ended++;
    },
  });
});
afterEach(() => stop());

test("keys arrive, in raw mode", async () => {
  expect(stdin.raw).toBe(true);
  stdin.write("a\r");
  await vi.waitFor(() => expect(keys).toEqual([{ type: "text", text: "a" }, { type: "enter" }]));
});

test("an Esc alone is a key after a moment, and with what follows it is none", async () => {
  stdin.write("\u001b");
  await vi.waitFor(() => expect(keys).toEqual([{ type: "escape" }]));
  stdin.write("\u001b");
  stdin.write("[A");
  await vi.waitFor(() => expect(keys).toEqual([{ type: "escape" }, { type: "up" }]));
});

test("the end of the input is told", async () => {
  stdin.end();
  await vi.waitFor(() => expect(ended).toBe(1));
});

test("afterwards the terminal is as it was, and nobody listens", () => {
  stop();
  expect(stdin.raw).toBe(false);
  expect(stdin.isPaused()).toBe(true);
  expect(stdin.listenerCount("data")).toBe(0);
});
