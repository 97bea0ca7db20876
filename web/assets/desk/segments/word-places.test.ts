import { expect, test } from "vitest";
import { placed, type TimedText } from "./word-places";

const TEXT = "市長が答弁します";
const word = (letters: number, seconds: number, isUnsure = false) => ({
  letters,
  seconds,
  is_unsure: isUnsure,
  probability: null,
});
/** 市長 | が | 答弁 | します */
const HEARD: TimedText = {
  text: TEXT,
  words: [word(2, 1), word(1, 2), word(2, 3, true), word(3, 4)],
};
const shown = (text: string) =>
  placed(HEARD, text).map(({ start, end, seconds }) => [text.slice(start, end), seconds]);

test("an unchanged text has its words where they were heard", () => {
  expect(shown(TEXT)).toEqual([
    ["市長", 1],
    ["が", 2],
    ["答弁", 3],
    ["します", 4],
  ]);
});

test("what was typed over a word is said when that word was, and is not unsure", () => {
  expect(shown("市長が説明します")[2]).toEqual(["説明", 3]);
  expect(placed(HEARD, "市長が説明します").some((one) => one.isUnsure)).toBe(false);
});

test("words after a longer text have moved with it", () => {
  expect(shown("市長が丁寧に答弁します").at(-1)).toEqual(["します", 4]);
});

test("the words that are left tell when they were said after one was taken out", () => {
  expect(shown("答弁します")).toEqual([
    ["答弁", 3],
    ["します", 4],
  ]);
});

test("together the words are the whole text, whatever was typed", () => {
  for (const text of ["", "市", "市長が", "ええ、市長が答弁します", "全く別の文", `${TEXT}。`])
    expect(
      shown(text)
        .map(([words]) => words)
        .join(""),
    ).toBe(text);
});
