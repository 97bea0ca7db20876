import { expect, test } from "vitest";
import { meaningOf } from "./fingers";

test("a finger that hardly moves taps", () => {
  expect(meaningOf(0, 0)).toBe("tap");
  expect(meaningOf(9, -9)).toBe("tap");
});

test("a long way across is a swipe: on to the left, back to the right", () => {
  expect(meaningOf(-80, 10)).toBe(1);
  expect(meaningOf(80, -10)).toBe(-1);
});

test("what goes down as well as across scrolls, and a short way means nothing", () => {
  expect(meaningOf(-80, 41)).toBeNull();
  expect(meaningOf(-60, 0)).toBeNull();
  expect(meaningOf(0, 200)).toBeNull();
});
