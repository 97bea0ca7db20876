import { expect, test } from "vitest";
import type { AgendaItem, Segment } from "../server";
import { asBody, headingOf, placeOf } from "./agenda-headings";

const AGENDA = [
  { id: 1, number: "1", title: "開会" },
  { id: 2, number: "2", title: "予算" },
] as AgendaItem[];
const at = (item: number | null, changes: Partial<Segment> = {}) =>
  ({ agenda_item_id: item, is_left_out: false, assigned_by: null, ...changes }) as Segment;

test("an item has its heading where the talk comes to it, and only there", () => {
  expect(headingOf(at(2), at(1), AGENDA)?.words).toBe("議題2　予算");
  expect(headingOf(at(2), at(2), AGENDA)).toBeNull();
  expect(headingOf(at(1), null, AGENDA)?.words).toBe("議題1　開会");
});

test("talk that belongs nowhere says so, unless there is no agenda at all", () => {
  expect(headingOf(at(null), null, AGENDA)?.words).toBe("未割り当て");
  expect(headingOf(at(null), null, [])).toBeNull();
  expect(headingOf(at(null, { is_left_out: true }), at(2), AGENDA)?.words).toBe("議題外");
});

test("a heading tells from what a machine has it", () => {
  expect(headingOf(at(2, { assigned_by: "turns" }), at(1), AGENDA)?.guess).toBe("推定：頁送りから");
  expect(headingOf(at(2, { assigned_by: "person" }), at(1), AGENDA)?.guess).toBeNull();
});

test("a place is asked for as it was found", () => {
  expect(asBody(placeOf(at(2)))).toEqual({ agenda_item_id: 2, is_left_out: false });
  expect(asBody(placeOf(at(2, { is_left_out: true })))).toEqual({
    agenda_item_id: null,
    is_left_out: true,
  });
});
