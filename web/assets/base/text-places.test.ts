import { expect, test } from "vitest";
import { inCharacters, inField, plain } from "./text-places";

const TEXT = "𠮷田市長と𠮷野さん";

test("a letter that the field counts twice is one character to the server", () => {
  expect(inField(TEXT, 1)).toBe(2);
  expect(inField(TEXT, 6)).toBe(8);
  expect(inCharacters(TEXT, 8)).toBe(6);
});

test("a place goes to the field and back unchanged", () => {
  for (let place = 0; place <= [...TEXT].length; place++)
    expect(inCharacters(TEXT, inField(TEXT, place))).toBe(place);
});

test("a place past the end is the end", () => {
  expect(inField("議案", 9)).toBe(2);
});

test("a text becomes one line without space around it", () => {
  expect(plain("　議案第１号\n  について ")).toBe("議案第１号 について");
  expect(plain(" \n")).toBe("");
});
