import { expect, test } from "vitest";
import type { MomentAnswer, SaidAnswer } from "../../base/api-types";
import { chosen, firstWords, timeOf } from "./moments";

const moment = (kind: string, part = 1) => ({ kind, part }) as MomentAnswer;
const said = (speaker: string | null, text: string) => ({ speaker, text }) as SaidAnswer;

test("a spare recorder counts only where no part has the page", () => {
  expect(chosen([moment("spare"), moment("part")])).toEqual([moment("part")]);
  expect(chosen([moment("spare")])).toEqual([moment("spare")]);
  expect(chosen([])).toEqual([]);
});

test("a time names its part from the second one on", () => {
  expect(timeOf(moment("part", 1), 65)).toBe("0:01:05");
  expect(timeOf(moment("part", 2), 3665)).toBe("第2部 1:01:05");
});

test("long talk is cut, and whoever is known is named", () => {
  expect(firstWords(said("山田", "はい。"))).toBe("山田：はい。");
  expect(firstWords(said(null, "あ".repeat(40)))).toBe("あ".repeat(40));
  expect(firstWords(said(null, "あ".repeat(41)))).toBe(`${"あ".repeat(40)}…`);
});
