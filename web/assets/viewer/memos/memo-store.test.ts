import { beforeEach, expect, test, vi } from "vitest";
import { isSaved, type Kept, MemoStore } from "./memo-store";

const WANTED = { content: { x: 1, y: 2, text: "メモ" }, is_erased: false, is_shared: false };
const memo = (changes: Partial<Kept> = {}): Kept => ({
  key: "a",
  page_id: 1,
  version_id: 1,
  page: 1,
  kind: "note",
  wanted: WANTED,
  saved: null,
  ...changes,
});
const acknowledged = { ...WANTED, id: 9, revision: 1 };
let storage: Record<string, string>;

beforeEach(() => {
  storage = Object.create({
    getItem(this: typeof storage, key: string) {
      return this[key] ?? null;
    },
    setItem(this: typeof storage, key: string, value: string) {
      this[key] = value;
    },
    removeItem(this: typeof storage, key: string) {
      delete this[key];
    },
  });
  vi.stubGlobal("localStorage", storage);
});

test("what the server does not have is there when the viewer opens anew, and is tried again", () => {
  new MemoStore(7).write("a", memo({ isRefused: true }));
  expect(new MemoStore(7).read()).toEqual([["a", memo({ isRefused: false })]]);
});

test("another person on the same terminal does not have it", () => {
  new MemoStore(7).write("a", memo());
  expect(new MemoStore(8).read()).toEqual([]);
});

test("what the server has is not kept any longer", () => {
  const store = new MemoStore(7);
  store.write("a", memo());
  store.write("a", memo({ saved: acknowledged }));
  expect(store.read()).toEqual([]);
});

test("a memo that cannot be read hinders no other", () => {
  const store = new MemoStore(7);
  store.write("a", memo());
  storage["gijido:memo:7:b"] = "{";
  expect(store.read().map(([key]) => key)).toEqual(["a"]);
});

test("without room it is told that nothing was kept", () => {
  vi.stubGlobal("localStorage", {
    setItem: () => {
      throw new DOMException("full", "QuotaExceededError");
    },
  });
  expect(new MemoStore(7).write("a", memo())).toBe(false);
});

test("a memo is saved when the server has its text, its sharing and that it was erased", () => {
  expect(isSaved(memo())).toBe(false);
  expect(isSaved(memo({ saved: acknowledged }))).toBe(true);
  for (const change of [
    { is_shared: true },
    { is_erased: true },
    { content: { x: 1, y: 2, text: "別のメモ" } },
  ])
    expect(isSaved(memo({ saved: { ...acknowledged, ...change } }))).toBe(false);
});
