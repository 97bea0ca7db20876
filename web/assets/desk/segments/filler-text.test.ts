import { expect, test } from "vitest";
import { fillerPieces } from "./filler-text";

const pieces = (text: string, fillers: { start: number; words: string }[]) =>
  fillerPieces({ text, fillers }).map(({ words, isFiller }) => (isFiller ? `[${words}]` : words));

test("each filler is a piece of its own between the words", () => {
  const fillers = [
    { start: 0, words: "えー、" },
    { start: 5, words: "あの" },
  ];
  expect(pieces("えー、予算あのです", fillers)).toEqual(["[えー、]", "予算", "[あの]", "です"]);
});

test("a letter that counts twice in the browser moves no filler", () => {
  expect(pieces("𠮷田えー市長", [{ start: 2, words: "えー" }])).toEqual(["𠮷田", "[えー]", "市長"]);
});

test("a text without fillers is one piece, and no text is none", () => {
  expect(pieces("予算です", [])).toEqual(["予算です"]);
  expect(pieces("", [])).toEqual([]);
});
