import { expect, test, vi } from "vitest";
import type { SegmentList } from "../segments/segment-list";
import type { Segment } from "../server";
import { act, type Kind } from "./bulk-acts";

interface Line {
  id: number;
  segment: Segment;
  isGone: boolean;
  isOpen: boolean;
  take(segment: Segment): void;
}

const line = (id: number, text: string, changes: Partial<Line> = {}): Line => ({
  id,
  segment: { id, text } as Segment,
  isGone: false,
  isOpen: false,
  take(segment) {
    this.segment = segment;
  },
  ...changes,
});
const write = vi.fn<Kind<string>["write"]>(async (_, changes) => ({
  segments: changes.map(({ segment, then }) => ({ ...segment, text: then })),
}));
const TEXTS: Kind<string> = {
  name: "文",
  stateOf: ({ text }) => text,
  isOpen: (one) => (one as unknown as Line).isOpen,
  write,
};

const taken = async (lines: Line[]) => {
  write.mockClear();
  const list = { get: (id: number) => lines.find((one) => one.id === id) ?? null };
  const steps = [1, 2].map((id) => ({ id, before: `前${id}`, after: `後${id}` }));
  return act(list as unknown as SegmentList, "/api", TEXTS, "直す", steps).undo();
};

test("all that are as the act left them are taken back at once", async () => {
  const lines = [line(1, "後1"), line(2, "後2")];
  expect(await taken(lines)).toEqual({ remark: "" });
  expect(lines.map(({ segment }) => segment.text)).toEqual(["前1", "前2"]);
  expect(write).toHaveBeenCalledOnce();
});

test("what somebody changed since, has open here, or is gone, is left alone and counted", async () => {
  for (const other of [
    line(2, "ほかの文"),
    line(2, "後2", { isOpen: true }),
    line(2, "後2", { isGone: true }),
  ]) {
    const outcome = await taken([line(1, "後1"), other]);
    expect(outcome).toEqual({
      remark: "1発話は、そのあとで文が変わったため、そのままにしました。",
    });
    expect(write.mock.calls[0]![1]).toHaveLength(1);
  }
});

test("where all were changed since nothing is asked for, and the reason is told", async () => {
  expect(await taken([line(1, "ほか"), line(2, "ほか")])).toHaveProperty("refused");
  expect(write).not.toHaveBeenCalled();
});
