import { expect, test } from "vitest";
import { clock, length, position } from "./times";

test("a place in a recording has hours, and minutes and seconds of two digits", () => {
  expect(position(0)).toBe("0:00:00");
  expect(position(3723.9)).toBe("1:02:03");
  expect(position(36_000)).toBe("10:00:00");
});

test("a length is said in no more than two units", () => {
  expect(length(3.4)).toBe("3秒");
  expect(length(123)).toBe("2分3秒");
  expect(length(3723)).toBe("1時間2分");
});

test("a second that is rounded up fills the minute", () => {
  expect(length(59.6)).toBe("1分0秒");
});

test("the time of day is Japan's, wherever the terminal is", () => {
  expect(clock("2026-04-01T00:05:00Z")).toBe("09:05");
});
