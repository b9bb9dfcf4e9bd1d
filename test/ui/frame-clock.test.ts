import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FrameClock } from "../../src/ui/frame-clock.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function clockWith(): { readonly clock: FrameClock; readonly frames: number[] } {
  const frames: number[] = [];
  const begin = performance.now();
  const draw = () => frames.push(Math.round(performance.now() - begin));
  return { clock: new FrameClock(draw, { streaming: 10, typing: 30 }), frames };
}

test("streams ten frames a second, the last one included", () => {
  const { clock, frames } = clockWith();
  for (let ms = 0; ms < 1000; ms += 5) {
    clock.request(false);
    vi.advanceTimersByTime(5);
  }
  vi.advanceTimersByTime(500);
  expect(frames).toEqual([0, 100, 200, 300, 400, 500, 600, 700, 800, 900, 1000]);
});

test("shows a key at once, also in the midst of streaming", () => {
  const { clock, frames } = clockWith();
  clock.request(false);
  vi.advanceTimersByTime(50);
  clock.request(false);
  clock.request(true);
  vi.advanceTimersByTime(1);
  expect(frames).toEqual([0, 50]);
});

test("shows keys thirty times a second at most", () => {
  const { clock, frames } = clockWith();
  for (let ms = 0; ms < 1000; ms++) {
    clock.request(true);
    vi.advanceTimersByTime(1);
  }
  expect(frames.length).toBeGreaterThan(25);
  expect(frames.length).toBeLessThanOrEqual(31);
});

test("draws nothing when nothing is asked for, and nothing after a stop", () => {
  const { clock, frames } = clockWith();
  vi.advanceTimersByTime(1000);
  clock.request(false);
  clock.stop();
  vi.advanceTimersByTime(1000);
  expect(frames).toEqual([]);
  clock.drawNow();
  expect(frames).toEqual([2000]);
});
