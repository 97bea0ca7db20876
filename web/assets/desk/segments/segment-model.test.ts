import { beforeEach, expect, test, vi } from "vitest";
import * as http from "../../base/http";
import { Refusal } from "../../base/http";
import { Signal } from "../../base/signal";
import type { Segment } from "../server";
import * as drafts from "./local-drafts";
import { type SegmentContext, SegmentModel } from "./segment-model";

vi.mock(import("./local-drafts"), () => ({
  keep: vi.fn(),
  kept: vi.fn(),
  forget: vi.fn(),
  orphans: vi.fn(),
}));
vi.mock(import("../../base/http"), async (original) => ({
  ...(await original()),
  request: vi.fn(),
}));

const asked = vi.mocked(http.request);
const SEGMENT = {
  id: 3,
  revision: 2,
  text: "もとの文",
  speaker: "声1",
  is_confirmed: false,
} as Segment;

const context = (): SegmentContext => ({
  isCorrector: true,
  names: { has: () => true, add: () => undefined } as unknown as SegmentContext["names"],
  changed: new Signal(),
  saved: new Signal(),
});
const kept = (text: string, revision: number) =>
  vi.mocked(drafts.kept).mockReturnValue({
    text,
    revision,
    transcript: "11",
    seconds: 0,
    before: "もとの文",
  });
const saved = (changes: Partial<Segment>) => ({ segment: { ...SEGMENT, ...changes } });

beforeEach(() => {
  vi.resetAllMocks();
  vi.useFakeTimers();
  vi.stubGlobal("window", globalThis);
  vi.mocked(drafts.kept).mockReturnValue(null);
});

test("a draft of the same revision is sent", async () => {
  kept("打った文", 2);
  asked.mockResolvedValue(saved({ text: "打った文", revision: 3 }));
  const segment = new SegmentModel(SEGMENT, context());
  expect(segment.isTextDirty).toBe(true);
  await vi.runAllTimersAsync();
  expect(asked).toHaveBeenCalledWith("PUT", "/api/segments/3/text", {
    text: "打った文",
    revision: 2,
  });
  expect(segment.isUnsaved).toBe(false);
  expect(drafts.forget).toHaveBeenCalledWith(3, "打った文");
});

test("a draft whose segment was changed since waits for a choice, both texts in sight", async () => {
  kept("打った文", 1);
  const segment = new SegmentModel(SEGMENT, context());
  await vi.runAllTimersAsync();
  expect(asked).not.toHaveBeenCalled();
  expect(segment.text).toBe("打った文");
  expect(segment.conflict).toMatchObject({ theirs: "もとの文", revision: 2 });
});

test("a draft that the server has by now is forgotten", () => {
  kept("もとの文", 1);
  const segment = new SegmentModel(SEGMENT, context());
  expect(segment.isUnsaved).toBe(false);
  expect(drafts.forget).toHaveBeenCalledWith(3, "もとの文");
});

test("what was chosen is sent on top of the newest revision", async () => {
  kept("打った文", 1);
  asked.mockResolvedValue(saved({ text: "両方の文", revision: 3 }));
  const segment = new SegmentModel(SEGMENT, context());
  segment.decide("両方の文", 2);
  await vi.runAllTimersAsync();
  expect(asked).toHaveBeenCalledWith("PUT", expect.any(String), { text: "両方の文", revision: 2 });
  expect(segment.conflict).toBeNull();
});

test("what others changed is taken over, but not under what is typed and not saved", () => {
  const segment = new SegmentModel(SEGMENT, context());
  segment.take({ ...SEGMENT, text: "ほかの人の文", revision: 3 });
  expect(segment.text).toBe("ほかの人の文");
  segment.type("打った文");
  segment.take({ ...SEGMENT, text: "あとの文", revision: 4, speaker: "山田" });
  expect(segment.text).toBe("打った文");
  expect(segment.segment.revision).toBe(3); // so that the server shows both
  expect(segment.speaker).toBe("山田");
});

test("an answer older than one's own saving changes nothing", () => {
  const segment = new SegmentModel(SEGMENT, context());
  segment.refresh({ ...SEGMENT, text: "古い文" }, segment.takenAt - 1);
  expect(segment.text).toBe("もとの文");
});

test("two people's texts are a conflict, which is not sent until somebody has chosen", async () => {
  asked.mockRejectedValue(new Refusal(409, "変わりました", { theirs: "相手の文", revision: 5 }));
  const segment = new SegmentModel(SEGMENT, context());
  segment.write("打った文");
  await vi.runAllTimersAsync();
  expect(segment.conflict).toMatchObject({ theirs: "相手の文", revision: 5 });
  await segment.sync();
  expect(asked).toHaveBeenCalledOnce();
});

test("a segment that is gone keeps what was typed", async () => {
  asked.mockRejectedValue(new Refusal(404, "ありません"));
  const segment = new SegmentModel(SEGMENT, context());
  segment.write("打った文");
  await vi.runAllTimersAsync();
  expect(segment.isGone).toBe(true);
  expect(segment.text).toBe("打った文");
});

test("nothing is sent in the middle of a conversion", async () => {
  const segment = new SegmentModel(SEGMENT, context());
  segment.isComposing = true;
  segment.type("にほn");
  await vi.runAllTimersAsync();
  expect(asked).not.toHaveBeenCalled();
});

test("the text goes before the speaker, and the speaker before the tick", async () => {
  asked.mockImplementation(async (_, path: string, body) =>
    path.endsWith("text")
      ? saved({ text: (body as { text: string }).text, revision: 3 })
      : path.endsWith("speaker")
        ? saved({ text: "打った文", revision: 3, speaker: "山田" })
        : saved({ text: "打った文", revision: 3, speaker: "山田", is_confirmed: true }),
  );
  const segment = new SegmentModel(SEGMENT, context());
  segment.isComposing = true;
  segment.type("打った文");
  segment.typeSpeaker("山田");
  segment.setConfirmed(true);
  segment.isComposing = false;
  await segment.sync();
  expect(asked.mock.calls.map(([method, path]) => [method, path.split("/").at(-1)])).toEqual([
    ["PUT", "text"],
    ["PUT", "speaker"],
    ["PUT", "confirmation"],
  ]);
  expect(segment.isUnsaved).toBe(false);
});
