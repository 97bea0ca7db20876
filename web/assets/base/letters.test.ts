import { expect, test } from "vitest";
import { folded, placeIn, wordsOf } from "./letters";

test("width, case and old forms of letters make no difference", () => {
  expect(folded("ＤＸ推進")).toBe(folded("dx推進"));
  expect(folded("ｶﾀｶﾅ")).toBe(folded("カタカナ"));
  expect(folded("髙橋")).toBe(folded("高橋"));
});

test("space within a name makes no difference", () => {
  expect(folded("古賀　真由美")).toBe(folded("古賀真由美"));
});

test("a long vowel is no hyphen, but the same sign elsewhere is", () => {
  expect(folded("データ")).toContain("ー");
  expect(folded("１ー２")).toBe(folded("1-2"));
});

test("what is looked for is split at any space, and nothing remains of nothing", () => {
  expect(wordsOf("予算　DX ")).toEqual([folded("予算"), folded("dx")]);
  expect(wordsOf("　")).toEqual([]);
});

test("a found word has its place in the text as it is written", () => {
  expect(placeIn("市のＤＸ推進", folded("dx"))).toEqual([2, 4]);
  expect(placeIn("𠮷田　市長", folded("田市"))).toEqual([2, 5]);
});

test("what is not there has no place, and neither has nothing", () => {
  expect(placeIn("市長", folded("議長"))).toBeNull();
  expect(placeIn("市長", "")).toBeNull();
});
