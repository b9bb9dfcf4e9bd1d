import { describe, expect, test } from "vitest";
import { LineRing } from "../../../src/engine/host/line-ring.ts";
import { MessageQueue } from "../../../src/engine/host/message-queue.ts";

describe("LineRing", () => {
  test("puts lines together from parts and keeps the last", () => {
    const ring = new LineRing(2);
    ring.write("one\ntw");
    ring.write("o\n\nthree\nfo");
    expect(ring.lines()).toEqual(["two", "three", "fo"]);
    ring.write("ur\n");
    expect(ring.lines()).toEqual(["three", "four"]);
  });
});

describe("MessageQueue", () => {
  test("gives messages in order, to readers before and after them", async () => {
    const queue = new MessageQueue<number>();
    const early = queue.next();
    queue.push(Promise.resolve(1));
    queue.push(Promise.resolve(2));
    expect(await early).toBe(1);
    expect(await queue.next()).toBe(2);
  });

  test("fails one read for a rejected message and goes on", async () => {
    const queue = new MessageQueue<number>();
    queue.push(Promise.reject(new Error("no")));
    queue.push(Promise.resolve(3));
    await expect(queue.next()).rejects.toThrow("no");
    expect(await queue.next()).toBe(3);
  });

  test("after a failure gives what had arrived, then fails every read", async () => {
    const queue = new MessageQueue<number>();
    queue.push(Promise.resolve(4));
    queue.fail(new Error("gone"));
    queue.fail(new Error("later"));
    expect(await queue.next()).toBe(4);
    await expect(queue.next()).rejects.toThrow("gone");
    await expect(queue.next()).rejects.toThrow("gone");
  });
});
