import { expect, test } from "vitest";
import { secondsOf } from "./text-search";

test.each([
  ["3:20", 200],
  ["1:03:20", 3800],
  ["75:00", 4500],
  ["３：２０", 200],
  ["3分20秒", 200],
  ["1時間3分", 3780],
  ["20秒", 20],
])("%s is a time", (typed, seconds) => {
  expect(secondsOf(typed)).toBe(seconds);
});

test.each(["", "予算", "3", "3:2", "3:20ごろ"])("%j is no time", (typed) => {
  expect(secondsOf(typed)).toBeNull();
});
