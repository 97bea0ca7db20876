import { expect, test } from "vitest";
import { isMeant, meantBy } from "./name-choice";

const OKUMA = { name: "大熊 健", kana: "おおくま けん" };
const KOGA = { name: "古賀 真由美", kana: "こが まゆみ" };
const PEOPLE = [OKUMA, KOGA, { name: "声3", kana: "" }];

test("a name is found by its letters and by its reading, in whichever kana", () => {
  expect(isMeant(KOGA, "古賀")).toBe(true);
  expect(isMeant(KOGA, "マユミ")).toBe(true);
  expect(isMeant(KOGA, "おおくま")).toBe(false);
  expect(isMeant(KOGA, "")).toBe(true);
});

test("letters that only one name has mean that name", () => {
  expect(meantBy("こが", PEOPLE)).toBe("古賀 真由美");
});

test("letters that several or no names have are a name themselves", () => {
  expect(meantBy("ま", PEOPLE)).toBe("ま");
  expect(meantBy(" 山田 太郎 ", PEOPLE)).toBe("山田 太郎");
  expect(meantBy("  ", PEOPLE)).toBe("");
});
