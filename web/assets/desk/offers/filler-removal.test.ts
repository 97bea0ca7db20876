import { expect, test } from "vitest";
import type { SegmentModel } from "../segments/segment-model";
import { withoutFillers } from "./filler-removal";

const line = (id: number, text: string) =>
  ({ id, segment: { text, revision: 4 } }) as unknown as SegmentModel;
const filler = (start: number, words: string) => ({ start, words });

test("all chosen fillers of a text go at once, none moves another", () => {
  const one = line(1, "えー、予算は、あのー、増えます");
  const chosen = [
    { line: one, filler: filler(0, "えー、") },
    { line: one, filler: filler(7, "あのー、") },
  ];
  expect(withoutFillers(chosen)).toEqual([
    { segment_id: 1, text: "予算は、増えます", revision: 4 },
  ]);
});

test("places are counted in characters, as the server counts them", () => {
  const one = line(1, "𠮷田は、えー、出席");
  expect(withoutFillers([{ line: one, filler: filler(4, "えー、") }])[0]?.text).toBe(
    "𠮷田は、出席",
  );
});
