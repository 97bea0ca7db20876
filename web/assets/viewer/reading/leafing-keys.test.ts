import { expect, test, vi } from "vitest";
import { actOf } from "./leafing-keys";
import type { Reader } from "./reader";

const done = (key: string, isShifted = false) => {
  const reader = { count: 12, turn: vi.fn(), goTo: vi.fn(), zoom: vi.fn() };
  actOf(key, isShifted)?.(reader as unknown as Reader);
  return [reader.turn, reader.goTo, reader.zoom].flatMap((act) => act.mock.calls.flat());
};

test("arrows and the space bar leaf on and back", () => {
  expect(["ArrowRight", "PageDown", " "].map((key) => done(key))).toEqual([[1], [1], [1]]);
  expect([done("ArrowLeft"), done("PageUp"), done(" ", true)]).toEqual([[-1], [-1], [-1]]);
});

test("Home and End go to the first and the last page", () => {
  expect([done("Home"), done("End")]).toEqual([[1], [12]]);
});

test("other keys mean nothing here", () => {
  expect(["a", "Enter", "constructor"].map((key) => actOf(key, false))).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});
