import { beforeEach, expect, test, vi } from "vitest";

const reload = vi.fn();
let idle: typeof import("./idle");

beforeEach(async () => {
  reload.mockClear();
  vi.stubGlobal("location", { reload });
  vi.stubGlobal("addEventListener", () => undefined);
  vi.stubGlobal("removeEventListener", () => undefined);
  vi.resetModules();
  idle = await import("./idle");
});

test("a page on which nothing is sent is opened anew at once", () => {
  idle.reloadWhenIdle();
  expect(reload).toHaveBeenCalledOnce();
});

test("the page waits until everything that is sent is over, each counted once", () => {
  const [one, other] = [idle.stay(), idle.stay()];
  idle.reloadWhenIdle();
  one();
  one();
  expect(reload).not.toHaveBeenCalled();
  other();
  expect(reload).toHaveBeenCalledOnce();
});

test("a page that nobody wants anew stays when all is over", () => {
  idle.stay()();
  expect(reload).not.toHaveBeenCalled();
});
