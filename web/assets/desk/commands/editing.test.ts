import { expect, test } from "vitest";
import { withText } from "./editing";

test("what was typed stands where its text went in the joined one", () => {
  expect(withText("前の文。元の文。", "元の文。", "直した文。")).toBe("前の文。直した文。");
});

test("of two places the later one is meant: it was joined at the end", () => {
  expect(withText("はい。はい。", "はい。", "いいえ。")).toBe("はい。いいえ。");
});

test("what has no place any more comes at the end", () => {
  expect(withText("前の文。", "消えた文。", "直した文。")).toBe("前の文。直した文。");
  expect(withText("前の文。", "", "直した文。")).toBe("前の文。直した文。");
});
