import { expect, test } from "vitest";
import type { SegmentModel } from "../segments/segment-model";
import type { Proposal } from "../server";
import { doubtfulIn } from "./doubt-queue";

const line = (segment: object, wantsConfirmed = false) =>
  ({
    wantsConfirmed,
    segment: { proposals: [], doubt: null, confidence: 0.9, ...segment },
  }) as unknown as SegmentModel;
const proposal = { id: 1, was_changed: false } as Proposal;

test("a proposal is to be decided, and the doubt of a whole segment comes before it", () => {
  expect(doubtfulIn(line({ proposals: [proposal] }))).toMatchObject([{ proposal }]);
  const both = doubtfulIn(line({ proposals: [proposal], doubt: "同じ言葉が続く" }));
  expect(both.map((one) => one.proposal)).toEqual([null, proposal]);
});

test("what was heard with little confidence is doubtful where nothing is proposed", () => {
  expect(doubtfulIn(line({ confidence: 0.4 }))).toMatchObject([{ proposal: null }]);
  expect(doubtfulIn(line({ confidence: 0.9 }))).toEqual([]);
  expect(doubtfulIn(line({ confidence: null }))).toEqual([]);
  expect(doubtfulIn(line({ confidence: 0.4, proposals: [proposal] }))).toHaveLength(1);
});

test("the worst is what a rule distrusts, the least what was changed and only waits for a nod", () => {
  const badness = (segment: object): number => doubtfulIn(line(segment))[0]!.badness;
  const order = [
    badness({ doubt: "同じ言葉が続く" }),
    badness({ confidence: 0.2 }),
    badness({ proposals: [proposal] }),
    badness({ proposals: [{ ...proposal, was_changed: true }] }),
  ];
  expect(order).toEqual([...order].sort().reverse());
  expect(new Set(order).size).toBe(4);
});

test("nothing in a confirmed segment is doubtful any more", () => {
  expect(doubtfulIn(line({ doubt: "同じ言葉が続く", proposals: [proposal] }, true))).toEqual([]);
});
