import { beforeEach, expect, test, vi } from "vitest";
import type { Segment } from "../server";

let storage: Record<string, string>;
let drafts: typeof import("./local-drafts");

const SEGMENT = { id: 3, revision: 2, start_seconds: 7.5, text: "もとの文" } as Segment;

/** As the browser's: the keys are the object's own, everything else is not. */
function newStorage(): Record<string, string> {
  return Object.create({
    getItem(this: Record<string, string>, key: string) {
      return this[key] ?? null;
    },
    setItem(this: Record<string, string>, key: string, value: string) {
      this[key] = value;
    },
    removeItem(this: Record<string, string>, key: string) {
      delete this[key];
    },
  });
}

async function open(person: string, transcript = "11"): Promise<void> {
  vi.stubGlobal("document", { querySelector: () => ({ dataset: { person, transcript } }) });
  vi.resetModules();
  drafts = await import("./local-drafts");
}

beforeEach(async () => {
  storage = newStorage();
  vi.stubGlobal("localStorage", storage);
  await open("7");
});

test("what was typed is there again when the page is opened anew", async () => {
  drafts.keep(SEGMENT, "打った文");
  await open("7");
  expect(drafts.kept(3)).toMatchObject({ text: "打った文", revision: 2, before: "もとの文" });
});

test("another person on the same terminal does not have it", async () => {
  drafts.keep(SEGMENT, "打った文");
  await open("8");
  expect(drafts.kept(3)).toBeNull();
});

test("a saved text is forgotten, what another tab typed since is not", () => {
  drafts.keep(SEGMENT, "もう一つのタブの文");
  drafts.forget(3, "打った文");
  expect(drafts.kept(3)?.text).toBe("もう一つのタブの文");
  drafts.forget(3, "もう一つのタブの文");
  expect(drafts.kept(3)).toBeNull();
});

test("without room one goes on without the copy", () => {
  vi.stubGlobal("localStorage", {
    getItem: () => null,
    setItem: () => {
      throw new DOMException("full", "QuotaExceededError");
    },
  });
  drafts.keep(SEGMENT, "打った文");
  expect(drafts.kept(3)).toBeNull();
});

test("what is stored and is no draft is passed over", () => {
  for (const broken of ["{", "null", '"word"', '{"text": 3, "revision": 1}']) {
    storage["gijido:typed:7:3"] = broken;
    expect(drafts.kept(3)).toBeNull();
  }
});

test("what was typed into segments that are gone is found, as they were", () => {
  drafts.keep(SEGMENT, "打った文");
  drafts.keep({ ...SEGMENT, id: 4 }, "残っている発話の文");
  expect(drafts.orphans(new Set([4]))).toMatchObject([
    { id: 3, text: "もとの文", revision: 2, start_seconds: 7.5 },
  ]);
});

test("drafts of another transcript are no orphans of this one", async () => {
  drafts.keep(SEGMENT, "打った文");
  await open("7", "12");
  expect(drafts.orphans(new Set())).toEqual([]);
});
