import { expect, test, vi } from "vitest";
import { seal, unseal } from "./sealed";

/** As on a page of somebody with this key. */
function pageOf(key: string): void {
  vi.stubGlobal("document", { querySelector: () => ({ content: btoa(key.repeat(32)) }) });
}

test("what is sealed is read by its writer alone, and says nothing", () => {
  pageOf("a");
  const kept = seal("欠席の理由は入院");
  expect(kept).not.toContain("入院");
  expect(atob(kept.slice("sealed:".length))).not.toContain("\u5165");
  expect(kept).not.toBe(seal("欠席の理由は入院"));
  expect(unseal(kept)).toBe("欠席の理由は入院");
  pageOf("b");
  expect(unseal(kept)).toBeNull();
  vi.stubGlobal("document", { querySelector: () => null });
  expect(unseal(kept)).toBeNull();
});

test("what was kept before there were seals is still there for its writer", () => {
  pageOf("a");
  expect(unseal('{"text":"前の版"}')).toBe('{"text":"前の版"}');
  expect(unseal(null)).toBeNull();
});
